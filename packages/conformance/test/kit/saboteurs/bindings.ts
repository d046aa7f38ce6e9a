import {
  as,
  calls,
  errorJson,
  GRPC,
  HTTP,
  header,
  instead,
  type Json,
  made,
  on,
  otherRpcCode,
  request,
  rest,
  rpc,
  rpcText,
  type Saboteur,
  type Saboteurs,
  status,
  theCard,
  trailers,
  without,
} from "./tools.js";

/** Errors keep their reason, and have another code. */
const otherCode = (code: number): Saboteur[] => [
  rpc(errorJson((error, { path }) => (path === "/" ? { ...error, code: -32000 } : error))),
  status(code, 500),
  trailers({ "grpc-status": "2" }),
];

/** Details of errors of the two JSON bindings. */
const details = (edit: (details: Json[]) => unknown) =>
  errorJson(({ data, details: found, ...error }) =>
    data === undefined
      ? { ...error, details: edit((found ?? []) as Json[]) }
      : { ...error, data: edit(data as Json[]) },
  );

const noDetails = trailers({ "grpc-status-details-bin": undefined });

/** A google.rpc.Status with one Any that has no type. */
const untyped = Buffer.from([0x1a, 3, 0x12, 1, 0]).toString("base64");

/** Another server, which knows nothing of A2A. */
const nowhere: Saboteur = as(HTTP, {
  http: ({ path }, response) =>
    theCard.test(path)
      ? response
      : { status: 404, headers: { "content-type": "text/html" }, body: "<title>Not here</title>" },
});

export const bindingSaboteurs: Saboteurs = {
  "interfaces.answers": [nowhere, trailers({ "grpc-status": "12" })],
  "v0_1.answers": nowhere,
  "v0_3.answers": [nowhere, trailers({ "grpc-status": "12" })],

  "jsonrpc.envelope": rpcText((text) => text.replace('"jsonrpc":"2.0"', '"jsonrpc":"1.0"')),
  "jsonrpc.empty-result": rpcText((text) => text.replace(',"result":{}', "")),
  "jsonrpc.string-id": rpcText((text) => text.replace('"id":"request-7"', '"id":7')),
  "jsonrpc.content-type": rpc(header("content-type", "text/plain")),
  "jsonrpc.parse-error": otherRpcCode(-32700),
  "jsonrpc.invalid-request": otherRpcCode(-32600),
  "jsonrpc.unknown-method": otherRpcCode(-32601),
  "jsonrpc.invalid-params": otherRpcCode(-32602),
  "jsonrpc.streams": rpc(header("content-type", "application/json")),

  "http.error-body": rest(errorJson(without("code"))),
  "http.error-status": rest(errorJson(without("status"))),
  "http.content-type": rest(header("content-type", "application/json")),
  "http.malformed": status(400, 500),
  "http.query": rest(request(without("pageSize"), "ListTasks")),
  "http.version-parameter": rest({
    http: ({ query }, response) => (query.includes("A2A-Version") ? { ...response, status: 400 } : response),
  }),
  "http.streams": rest(header("content-type", "application/json")),

  "versions.unsupported": calls(() => ({ version: "1.0" }), "GetTask"),
  "versions.unsupported-send": calls(() => ({ version: "1.0" }), "SendMessage"),
  "versions.patch": calls(({ version }) => ({ version: version === "1.0.7" ? "9.9" : version })),
  "versions.absent": [
    as(HTTP, {
      ask: (asked) => ({
        method: asked.method,
        path: asked.path,
        query: asked.query,
        header: (name) => (name === "a2a-version" ? "1.0" : asked.header(name)),
        text: (limit) => asked.text(limit),
      }),
    }),
    as(
      GRPC,
      calls(({ version = "1.0" }) => ({ version })),
    ),
  ],

  "errors.message": [
    errorJson((error) => ({ ...error, message: "" })),
    trailers({ "grpc-message": undefined }),
  ],
  "errors.typed-details": [
    details((all) => all.map(without("@type"))),
    trailers({ "grpc-status-details-bin": untyped }),
  ],
  "errors.info-jsonrpc": rpc(details(() => [])),
  "errors.info-http": rest(details(() => [])),
  "errors.info-grpc": noDetails,
  "errors.bad-request": [
    details((all) => all.filter((each) => !String(each["@type"]).endsWith("BadRequest"))),
    noDetails,
  ],
  "errors.code-task-not-found": otherCode(404),
  "errors.code-task-not-cancelable": otherCode(400),
  "errors.code-unsupported-operation": otherCode(400),
  "errors.code-version-not-supported": otherCode(400),
  "errors.code-push-notification-not-supported": otherCode(400).map((each) => on("bare", each)),
  "errors.code-content-type-not-supported": otherCode(400),
  "errors.media-type": instead("CONTENT_TYPE_NOT_SUPPORTED", made),
};
