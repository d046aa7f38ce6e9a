import type { Message, Part, StreamResponse, Task } from "@parley/a2a/protocol";

/** The analyst as somebody with nothing but `fetch` sees it: JSON-RPC on one URL. */
export class Caller {
  constructor(readonly url: string) {}

  async call<Result>(method: string, params: object): Promise<Result> {
    const response = await this.#post(method, params);
    const { result, error } = (await response.json()) as { result?: Result; error?: { message: string } };
    if (error || !result) throw new Error(error?.message ?? "neither result nor error");
    return result;
  }

  /** Sends and waits for the task to end or to ask. */
  async send(content: string | Part[], more: { taskId?: string; accept?: string[] } = {}): Promise<Task> {
    const params = sendParams(content, more);
    const { task } = await this.call<{ task: Task }>("SendMessage", params);
    return task;
  }

  /** The events of a streaming send. */
  async *stream(content: string | Part[]): AsyncGenerator<StreamResponse> {
    const response = await this.#post("SendStreamingMessage", sendParams(content));
    let text = "";
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = /^data: ?(.*)$/m.exec(block)?.[1];
        if (data) yield JSON.parse(data).result;
      }
    }
  }

  #post(method: string, params: object): Promise<Response> {
    return fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json", "a2a-version": "1.0" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
  }
}

let messages = 0;

function sendParams(
  content: string | Part[],
  { taskId, accept }: { taskId?: string; accept?: string[] } = {},
) {
  const message: Message = {
    messageId: `m${++messages}-${process.pid}`,
    role: "ROLE_USER",
    parts: typeof content === "string" ? [{ text: content }] : content,
    ...(taskId && { taskId }),
  };
  return { message, ...(accept && { configuration: { acceptedOutputModes: accept } }) };
}

/** What an agent said with a task's status. */
export function statusText(task: Task): string {
  return (task.status.message?.parts ?? []).map((part) => part.text ?? "").join("");
}
