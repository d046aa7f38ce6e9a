import io.a2a.server.ExtendedAgentCard;
import io.a2a.server.PublicAgentCard;
import io.a2a.server.agentexecution.AgentExecutor;
import io.a2a.server.agentexecution.RequestContext;
import io.a2a.server.events.EventQueue;
import io.a2a.server.tasks.TaskUpdater;
import io.a2a.spec.AgentCapabilities;
import io.a2a.spec.AgentCard;
import io.a2a.spec.AgentInterface;
import io.a2a.spec.AgentSkill;
import io.a2a.spec.Part;
import io.a2a.spec.TextPart;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An agent on the Java SDK: does what the first word of a message says. */
@ApplicationScoped
public class Agent {
  @Produces
  @PublicAgentCard
  public AgentCard card() {
    return card("Interop");
  }

  @Produces
  @ExtendedAgentCard
  public AgentCard extendedCard() {
    return card("Interop, extended");
  }

  private static AgentCard card(String name) {
    var origin = "http://127.0.0.1:" + System.getenv("PORT");
    var skill = new AgentSkill.Builder().id("interop").name("Interop").description("Does what it is told");
    return new AgentCard.Builder()
        .protocolVersion("0.3.0")
        .name(name)
        .description("Does what the first word of a message says")
        .version("1.0.0")
        .url(origin)
        .preferredTransport("JSONRPC")
        .additionalInterfaces(
            List.of(
                new AgentInterface("JSONRPC", origin),
                new AgentInterface("HTTP+JSON", origin)))
        .capabilities(new AgentCapabilities.Builder().streaming(true).pushNotifications(true).build())
        .supportsAuthenticatedExtendedCard(true)
        .defaultInputModes(List.of("text/plain"))
        .defaultOutputModes(List.of("text/plain"))
        .skills(List.of(skill.tags(List.of("test")).build()))
        .build();
  }

  @Produces
  public AgentExecutor executor() {
    return new Executor();
  }

  private static final class Executor implements AgentExecutor {
    private final Set<String> canceled = ConcurrentHashMap.newKeySet();

    @Override
    public void execute(RequestContext context, EventQueue queue) {
      var said = context.getMessage().getParts();
      var text = !said.isEmpty() && said.get(0) instanceof TextPart first ? first.getText() : "";
      var word = text.split(" ", 2)[0];
      var rest = text.substring(Math.min(text.length(), word.length() + 1));
      var updater = new TaskUpdater(context, queue);
      if (context.getTask() != null) {
        updater.addArtifact(spoken(text), "answer", null, null);
        updater.complete();
        return;
      }
      if (word.equals("message")) {
        queue.enqueueEvent(updater.newAgentMessage(spoken(rest), null));
        return;
      }
      updater.submit();
      switch (word) {
        case "echo" -> {
          updater.addArtifact(spoken(rest), "echo", null, null);
          updater.complete();
        }
        case "parts" -> {
          updater.addArtifact(said.subList(1, said.size()), "parts", null, null);
          updater.complete();
        }
        case "count" -> {
          updater.startWork();
          for (var piece : List.of("1", "2", "3")) {
            updater.addArtifact(spoken(piece), "count", null, null, !piece.equals("1"), null);
          }
          updater.complete();
        }
        case "ask" -> updater.requiresInput(true);
        case "slow" -> {
          updater.startWork();
          tick(context.getTaskId(), updater);
        }
        default -> updater.fail();
      }
    }

    private void tick(String taskId, TaskUpdater updater) {
      try {
        for (var again = false; ; again = true) {
          Thread.sleep(200);
          if (canceled.contains(taskId)) return;
          updater.addArtifact(spoken("."), "ticks", null, null, again, null);
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void cancel(RequestContext context, EventQueue queue) {
      canceled.add(context.getTaskId());
      new TaskUpdater(context, queue).cancel();
    }

    private static List<Part<?>> spoken(String text) {
      return List.of(new TextPart(text));
    }
  }
}
