/** The test files that requirements name, each as a function from names to tests. */
import { testsIn } from "./row.js";

const a2a = (path: string) => testsIn(`packages/a2a/test/${path}.test.ts`);

export const auth = a2a("auth/auth");
export const badInput = a2a("bindings/bad-input");
export const clientBindings = a2a("bindings/client");
export const grpc = a2a("bindings/grpc");
export const handler = a2a("bindings/handler");
export const routes = a2a("bindings/routes");
export const wire = a2a("bindings/wire");
export const calls = a2a("client/calls");
export const discovery = a2a("client/discovery");
export const endToEnd = a2a("client/end-to-end");
export const streams = a2a("client/streams");
export const canonical = a2a("codec/canonical");
export const check = a2a("codec/check");
export const oracle = a2a("codec/oracle");
export const params = a2a("codec/params");
export const scalars = a2a("codec/scalars");
export const olderServer = a2a("compat/js-sdk-0.3-server");
export const firstServer = a2a("compat/v0-1-client");
export const engine = a2a("engine/engine");
export const properties = a2a("engine/properties");
export const serving = a2a("hosts/serve");
export const sockets = a2a("hosts/sockets");
export const addresses = a2a("outgoing/addresses");
export const outgoing = a2a("outgoing/outgoing");
export const lifecycle = a2a("protocol/lifecycle");
export const specDrift = a2a("protocol/spec-drift");
export const types = a2a("protocol/types");
export const configs = a2a("push/configs");
export const delivery = a2a("push/delivery");
export const sqlite = a2a("stores/sqlite");

export const access = a2a("spec/access");
export const capabilities = a2a("spec/capabilities");
export const client = a2a("spec/client");
export const messages = a2a("spec/messages");
export const push = a2a("spec/push");
export const tasks = a2a("spec/tasks");
export const tls = a2a("spec/tls");
export const wireForm = a2a("spec/wire-form");

export const retention = testsIn("packages/a2a/test/stores/retention-contract.ts");
export const lists = testsIn("packages/a2a/test/stores/list-contract.ts");
export const operationsDoc = testsIn("test/operations-doc.test.ts");
export const csvAnalyst = testsIn("examples/csv-analyst/test/agent.test.ts");
export const csvSource = testsIn("examples/csv-analyst/test/source.test.ts");

/** What several chapters ask for. */
export const foreign = access(
  "over %s > what is somebody else's looks like what does not exist, to every operation",
);
export const everyCall = access("over %s > %s needs credentials, and says which");
