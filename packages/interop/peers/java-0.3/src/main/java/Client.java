import static io.a2a.util.Utils.OBJECT_MAPPER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.a2a.A2A;
import io.a2a.client.ClientEvent;
import io.a2a.client.MessageEvent;
import io.a2a.client.TaskEvent;
import io.a2a.client.TaskUpdateEvent;
import io.a2a.client.config.ClientConfig;
import io.a2a.client.transport.grpc.GrpcTransport;
import io.a2a.client.transport.grpc.GrpcTransportConfigBuilder;
import io.a2a.client.transport.jsonrpc.JSONRPCTransport;
import io.a2a.client.transport.jsonrpc.JSONRPCTransportConfig;
import io.a2a.client.transport.rest.RestTransport;
import io.a2a.client.transport.rest.RestTransportConfig;
import io.a2a.spec.A2AClientException;
import io.a2a.spec.AgentCard;
import io.a2a.spec.DeleteTaskPushNotificationConfigParams;
import io.a2a.spec.GetTaskPushNotificationConfigParams;
import io.a2a.spec.JSONRPCError;
import io.a2a.spec.ListTaskPushNotificationConfigParams;
import io.a2a.spec.Message;
import io.a2a.spec.PushNotificationConfig;
import io.a2a.spec.Task;
import io.a2a.spec.TaskIdParams;
import io.a2a.spec.TaskPushNotificationConfig;
import io.a2a.spec.TaskQueryParams;
import io.a2a.spec.TaskStatusUpdateEvent;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The client of the Java SDK, as packages/interop/src/driver.ts tells it: performs what comes in, line by line. */
public final class Client {
  private final String binding;
  private final AgentCard card;
  private final io.a2a.client.Client waiting;
  private final io.a2a.client.Client polling;
  private final io.a2a.client.Client streaming;

  private Client(String url, String binding) throws Exception {
    this.binding = binding;
    card = A2A.getAgentCard(url);
    waiting = connect(false, false, List.of());
    polling = connect(false, true, List.of());
    streaming = connect(true, false, List.of());
  }

  private io.a2a.client.Client connect(
      boolean streaming, boolean polling, List<BiConsumer<ClientEvent, AgentCard>> each) throws Exception {
    var config = new ClientConfig.Builder().setStreaming(streaming).setPolling(polling).setUseClientPreference(true);
    var builder = io.a2a.client.Client.builder(card).clientConfig(config.build()).addConsumers(each);
    switch (binding) {
      case "GRPC" -> builder.withTransport(
          GrpcTransport.class,
          new GrpcTransportConfigBuilder()
              .channelFactory(target -> ManagedChannelBuilder.forTarget(target).usePlaintext().build()));
      case "HTTP+JSON" -> builder.withTransport(RestTransport.class, new RestTransportConfig());
      default -> builder.withTransport(JSONRPCTransport.class, new JSONRPCTransportConfig());
    }
    return builder.build();
  }

  private Object perform(JsonNode args) throws Exception {
    var id = args.path("id").asText();
    var taskId = args.path("taskId").asText();
    return switch (args.path("op").asText()) {
      case "card" -> card;
      case "send" -> send(args);
      case "stream" -> follow(args, (each, failed) -> streaming.sendMessage(message(args), List.of(each), failed, null));
      case "subscribe" ->
          follow(args, (each, failed) -> streaming.resubscribe(new TaskIdParams(id), List.of(each), failed, null));
      case "get" -> waiting.getTask(new TaskQueryParams(id), null);
      case "cancel" -> waiting.cancelTask(new TaskIdParams(id), null);
      case "push-create" ->
          waiting.setTaskPushNotificationConfiguration(new TaskPushNotificationConfig(taskId, push(args)), null);
      case "push-get" ->
          waiting.getTaskPushNotificationConfiguration(new GetTaskPushNotificationConfigParams(taskId, id), null);
      case "push-list" -> {
        var params = new ListTaskPushNotificationConfigParams(taskId);
        var configs = waiting.listTaskPushNotificationConfigurations(params, null);
        yield OBJECT_MAPPER.createObjectNode().set("configs", OBJECT_MAPPER.valueToTree(configs));
      }
      case "push-delete" -> {
        var params = new DeleteTaskPushNotificationConfigParams(taskId, id);
        waiting.deleteTaskPushNotificationConfigurations(params, null);
        yield null;
      }
      case "extended-card" -> waiting.getAgentCard(null);
      default -> throw new IllegalArgumentException("no such operation");
    };
  }

  private Object send(JsonNode args) throws Exception {
    var answer = new AtomicReference<Object>();
    List<BiConsumer<ClientEvent, AgentCard>> each = List.of((event, card) -> answer.set(content(event)));
    if (args.has("push")) {
      // Of the calls that send, the one that takes a push configuration takes no consumers.
      connect(false, false, each).sendMessage(message(args), push(args.get("push")), null, null);
    } else {
      var client = args.path("returnImmediately").asBoolean() ? polling : waiting;
      client.sendMessage(message(args), each, null, null);
    }
    return answer.get();
  }

  private interface Stream {
    void open(BiConsumer<ClientEvent, AgentCard> each, Consumer<Throwable> failed) throws A2AClientException;
  }

  /** Tells the events, and ends with the last one. */
  private Object follow(JsonNode args, Stream stream) throws Exception {
    var ended = new CompletableFuture<Object>();
    stream.open(
        (event, card) -> {
          say(args, "event", content(event));
          if (isLast(event)) ended.complete(null);
        },
        error -> {
          if (error == null) ended.complete(null);
          else ended.completeExceptionally(error);
        });
    try {
      return ended.get();
    } catch (java.util.concurrent.ExecutionException error) {
      throw new Exception(error.getCause());
    }
  }

  private static Object content(ClientEvent event) {
    if (event instanceof MessageEvent message) return message.getMessage();
    if (event instanceof TaskUpdateEvent update) return update.getUpdateEvent();
    return ((TaskEvent) event).getTask();
  }

  private static boolean isLast(ClientEvent event) {
    var content = content(event);
    if (content instanceof TaskStatusUpdateEvent status) return status.isFinal();
    return content instanceof Message || (content instanceof Task task && task.getStatus().state().isFinal());
  }

  private static Message message(JsonNode args) {
    var json = OBJECT_MAPPER.createObjectNode();
    json.put("kind", "message").put("messageId", UUID.randomUUID().toString()).put("role", "user");
    for (var name : List.of("taskId", "contextId")) if (args.has(name)) json.set(name, args.get(name));
    var parts = json.putArray("parts");
    if (args.has("text")) parts.addObject().put("kind", "text").set("text", args.get("text"));
    args.path("parts").forEach(said -> addPart(parts, said));
    return OBJECT_MAPPER.convertValue(json, Message.class);
  }

  private static void addPart(ArrayNode parts, JsonNode said) {
    var part = parts.addObject();
    if (said.has("text")) part.put("kind", "text").set("text", said.get("text"));
    else if (said.has("data")) part.put("kind", "data").set("data", said.get("data"));
    else {
      var file = part.put("kind", "file").putObject("file").put("name", "file");
      file.set("mimeType", said.get("mediaType"));
      if (said.has("bytes")) file.set("bytes", said.get("bytes"));
      else file.set("uri", said.get("url"));
    }
  }

  private static PushNotificationConfig push(JsonNode said) {
    var json = OBJECT_MAPPER.createObjectNode();
    for (var name : List.of("id", "url")) json.set(name, said.get(name));
    return OBJECT_MAPPER.convertValue(json, PushNotificationConfig.class);
  }

  private static ObjectNode describe(Throwable error) {
    var told = OBJECT_MAPPER.createObjectNode();
    told.put("message", String.valueOf(error)).put("name", error.getClass().getSimpleName());
    for (var each = error; each != null; each = each.getCause()) {
      if (each instanceof JSONRPCError known) told.put("code", known.getCode());
      if (each instanceof StatusRuntimeException grpc) told.put("grpc", grpc.getStatus().getCode().value());
    }
    return told;
  }

  private static synchronized void say(JsonNode args, String what, Object value) {
    var answer = OBJECT_MAPPER.createObjectNode();
    answer.set("call", args.get("call"));
    answer.set(what, OBJECT_MAPPER.valueToTree(value));
    System.out.println(answer);
  }

  public static void main(String[] words) throws Exception {
    var client = new Client(words[0], words[1]);
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      var args = OBJECT_MAPPER.readTree(line);
      new Thread(() -> {
        try {
          say(args, "result", client.perform(args));
        } catch (Throwable error) {
          say(args, "error", describe(error));
        }
      }).start();
    }
  }
}
