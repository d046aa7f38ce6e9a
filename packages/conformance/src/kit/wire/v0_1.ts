/** The first A2A, 0.1, over JSON-RPC: clients choose the ids of tasks. */
import type { OldAnswer, OldWire } from "./old.js";
import { OldJsonRpc } from "./old-jsonrpc.js";

export class V0_1JsonRpc extends OldJsonRpc implements OldWire<string> {
  readonly purges = true;

  params(text: string): { readonly id: string; readonly message: object } {
    return { id: crypto.randomUUID(), message: { role: "user", parts: [{ type: "text", text }] } };
  }

  send(text: string): Promise<OldAnswer> {
    return this.call("tasks/send", this.params(text));
  }
}
