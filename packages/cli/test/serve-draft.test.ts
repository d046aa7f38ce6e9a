/** `parley serve --draft`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { echoModule, folder, parley } from "./harness.js";
import { online } from "./online.js";

it("serve speaks the draft of 1.1 when it is told to, with those who ask", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "agent.ts"), echoModule);
  for (const [flags, version, answer] of [
    [["--draft", "1.1"], "1.1", '"generation":'],
    [["--draft", "1.1"], "1.0", '"task":'],
    [[], "1.1", "VERSION_NOT_SUPPORTED"],
  ] as const) {
    const { url, stop } = await online(cwd, "agent.ts", "--grpc-port", "off", ...flags);
    const message = { messageId: "m", role: "ROLE_USER", parts: [{ text: "hi" }] };
    const response = await fetch(`${url}/message:send`, {
      method: "POST",
      headers: { "content-type": "application/json", "a2a-version": version },
      body: JSON.stringify({ message }),
    });
    const text = await response.text();
    expect(text).toContain(answer);
    expect(text.includes("generation")).toBe(answer.includes("generation"));
    await stop("SIGTERM");
  }
});

it("send and task get ask for 1.1 when they are told to", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "agent.ts"), echoModule);
  const { url } = await online(cwd, "agent.ts", "--draft", "1.1");
  for (const flags of [[], ["--transport", "HTTP+JSON"], ["--transport", "GRPC"]]) {
    const ask = (...args: string[]) => parley([...args, "-a", url, "-o", "json", ...flags]);
    const sent = await ask("send", "hi", "--a2a-version", "1.1");
    const { id, generation } = sent.document()["task"] as { id: string; generation: string };
    expect(generation).toBe("3");
    const got = await ask("task", "get", id, "--a2a-version", "1.1");
    expect(got.stdout).toContain('"generation"');
    expect((await ask("task", "get", id)).stdout).not.toContain("generation");
  }
});
