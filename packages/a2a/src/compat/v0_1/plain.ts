/** The plain HTTP of tutorials, for the client: sending, and asking how the task stands. */
import type { WireAnswer, WireCall } from "../../bindings/client.js";
import { parseJson, readError, tryParseJson } from "../../bindings/read-error.js";
import { A2AError, errors, type Operation, type SendMessageRequest } from "../../protocol/index.js";
import { reading } from "../older-call.js";
import { readTask } from "./answers.js";
import { sendParams } from "./requests.js";

/**
 * @param url The card's.
 * @throws A2AError UNSUPPORTED_OPERATION for what has no route
 */
export function plainCall(url: string, { name }: Operation, request: object): WireCall {
  const base = url.replace(/\/(tasks\/send\/?)?$/, "");
  switch (name) {
    case "SendMessage": {
      const body = JSON.stringify(sendParams(request as SendMessageRequest));
      return reading((task) => ({ task: readTask(task) }), callOf(`${base}/tasks/send`, body));
    }
    case "GetTask": {
      const { id } = request as { id: string };
      const call = callOf(`${base}/tasks/${encodeURIComponent(id)}`);
      return reading(readTask, {
        ...call,
        answer: (answer) => call.answer(answer.status === 404 ? { ...answer, body: absent } : answer),
      });
    }
    default:
      throw new A2AError("UNSUPPORTED_OPERATION", `${name} has no route in A2A 0.1, which this agent speaks`);
  }
}

/** Frameworks answer 404 in words of their own. */
const absent = `{"code":${errors.TASK_NOT_FOUND.jsonrpc}}`;

function callOf(url: string, body?: string): WireCall {
  const accept = { accept: "application/json" };
  return {
    request:
      body === undefined
        ? { method: "GET", url, headers: accept }
        : { method: "POST", url, headers: { ...accept, "content-type": "application/json" }, body },
    answer: readAnswer,
    event: parseJson,
  };
}

function readAnswer(answer: WireAnswer): unknown {
  const { status, body } = answer;
  if (status >= 200 && status <= 299) return parseJson(body);
  throw readError(tryParseJson(body), answer);
}
