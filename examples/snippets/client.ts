import { connect, textOf } from "@parley/a2a/client";

const client = await connect(process.env.AGENT ?? "http://localhost:4200");
for await (const event of client.sendStreamingMessage("hello")) {
  if (event.statusUpdate) console.error(event.statusUpdate.status.state, textOf(event));
  if (event.artifactUpdate) console.log(textOf(event));
}
