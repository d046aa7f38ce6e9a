/** What the runner asks for, as the requests of each version. Shared by the peers that are written in JavaScript. */

const partsOf = (args) => [...(args.text === undefined ? [] : [{ text: args.text }]), ...(args.parts ?? [])];

/** ProtoJSON of 1.0. */
export function sendRequest(args) {
  return {
    message: {
      messageId: crypto.randomUUID(),
      role: "ROLE_USER",
      parts: partsOf(args).map(({ bytes, ...part }) =>
        bytes === undefined ? part : { raw: bytes, ...part },
      ),
      ...(args.taskId && { taskId: args.taskId, contextId: args.contextId }),
      ...(args.contextId && { contextId: args.contextId }),
    },
    configuration: {
      returnImmediately: args.returnImmediately === true,
      ...(args.push && { taskPushNotificationConfig: args.push }),
    },
  };
}

/** JSON of 0.3. */
export function sendParams(args) {
  return {
    message: {
      kind: "message",
      messageId: crypto.randomUUID(),
      role: "user",
      parts: partsOf(args).map(olderPart),
      ...(args.taskId && { taskId: args.taskId }),
      ...(args.contextId && { contextId: args.contextId }),
    },
    configuration: {
      blocking: args.returnImmediately !== true,
      ...(args.push && { pushNotificationConfig: args.push }),
    },
  };
}

function olderPart({ text, data, url, bytes, mediaType }) {
  if (text !== undefined) return { kind: "text", text };
  if (data !== undefined) return { kind: "data", data };
  const content = url === undefined ? { bytes } : { uri: url };
  return { kind: "file", file: { ...content, mimeType: mediaType } };
}
