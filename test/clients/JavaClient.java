import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.camunda.zeebe.client.ZeebeClient;
import io.camunda.zeebe.client.api.command.ClientStatusException;
import io.camunda.zeebe.client.api.command.FinalCommandStep;
import io.camunda.zeebe.client.api.command.MigrationPlan;
import io.camunda.zeebe.client.api.command.ProblemException;
import io.camunda.zeebe.client.api.response.ActivatedJob;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Takes instances through the calls that zeebe-client-java has, and prints what each came to as a line of JSON.
 * Arguments: the addresses of the gateway, of the REST API and of the management port, and the folder of the models; `rest` for a client that
 * makes by REST what it can.
 */
class JavaClient {
  private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
  private static final long NOBODY = (1L << 51) + 999_999_999;
  private static final Duration A_WHILE = Duration.ofSeconds(20);

  private interface Call {
    Object made() throws Exception;
  }

  private final ZeebeClient client;
  private final URI records;
  private final Path models;

  private JavaClient(ZeebeClient client, URI records, Path models) {
    this.client = client;
    this.records = records;
    this.models = models;
  }

  public static void main(String[] arguments) throws Exception {
    var builder = ZeebeClient.newClientBuilder()
        .grpcAddress(URI.create("http://" + arguments[0]))
        .restAddress(URI.create(arguments[1]))
        .usePlaintext()
        .preferRestOverGrpc(arguments.length > 4 && arguments[4].equals("rest"))
        .defaultRequestTimeout(A_WHILE);
    try (var client = builder.build()) {
      var program = new JavaClient(client, URI.create(arguments[2] + "/records"), Path.of(arguments[3]));
      program.topology();
      program.deployment();
      program.wholeOrder();
      program.thrownError();
      program.streams();
      program.changes();
      program.decisions();
      program.userTask();
      program.deletion();
    }
  }

  private void topology() throws Exception {
    tell("topology", () -> {
      var partition = client.newTopologyRequest().send().join().getBrokers().get(0).getPartitions().get(0);
      return List.of(partition.getPartitionId(), partition.getRole().name(), partition.getHealth().name());
    });
    tell("topology by REST", () -> client.newTopologyRequest().useRest().send().join().getClusterSize());
  }

  private long nextOrder;
  private long discounts;

  private void deployment() throws Exception {
    tell("deploy", () -> {
      var deployed = client.newDeployResourceCommand()
          .addResourceFile(file("order.bpmn"))
          .addResourceFile(file("next.bpmn"))
          .addResourceFile(file("sum.bpmn"))
          .addResourceFile(file("ticket.bpmn"))
          .addResourceFile(file("discount.dmn"))
          .send().join();
      nextOrder = deployed.getProcesses().get(1).getProcessDefinitionKey();
      discounts = deployed.getDecisionRequirements().get(0).getDecisionRequirementsKey();
      return deployed.getProcesses().stream().map(process -> process.getBpmnProcessId() + " " + process.getVersion()).toList();
    });
    tell("deploy what is broken", () -> client.newDeployResourceCommand()
        .addResourceBytes(Files.readAllBytes(models.resolve("broken.bpmn")), "broken.bpmn").send().join());
    tell("create what is not there", () -> client.newCreateInstanceCommand().bpmnProcessId("nothing").latestVersion().send().join());
  }

  /** From its start to its end, with a job that fails until somebody helps. */
  private void wholeOrder() throws Exception {
    var order = newOrder("a-1");
    var job = job("charge");
    tell("activate", () -> aboutJob(job));
    tell("update its timeout", () -> done(client.newUpdateTimeoutCommand(job).timeout(Duration.ofMinutes(5))));
    tell("fail", () -> done(client.newFailCommand(job).retries(1).errorMessage("no coins")));
    var again = job("charge");
    tell("activate again", () -> again.getKey() == job.getKey() ? again.getRetries() : "another job");
    tell("fail for good", () -> done(client.newFailCommand(again).retries(0).errorMessage("no coins at all")));
    var incident = record("INCIDENT", "CREATED");
    tell("its incident", () -> incident.at("/value/errorMessage").asText());
    tell("resolve too early", () -> client.newResolveIncidentCommand(incident.at("/key").asLong()).send().join());
    tell("update its retries", () -> done(client.newUpdateRetriesCommand(job).retries(2)));
    tell("resolve", () -> done(client.newResolveIncidentCommand(incident.at("/key").asLong())));
    var third = job("charge");
    tell("complete", () -> done(client.newCompleteCommand(third).variables(Map.of("paid", 5))));
    tell("complete again", () -> client.newCompleteCommand(third).send().join());
    tell("publish", () -> publish("m-1"));
    tell("publish again", () -> publish("m-1"));
    record("SIGNAL_SUBSCRIPTION", "CREATED");
    tell("broadcast", () -> client.newBroadcastSignalCommand().signalName("shipped").variables(Map.of("by", "ship")).send().join().getKey() > order);
    var last = job("archive");
    tell("what came of it", () -> last.getProcessInstanceKey() == order ? last.getVariablesAsMap() : "another order");
    tell("set variables", () -> {
      var set = client.newSetVariablesCommand(order).variables(Map.of("seen", true)).local(true).send().join();
      return set == null || set.getKey() > order; // REST tells no key
    });
    client.newCompleteCommand(last).send().join();
    tell("set variables of nobody", () -> client.newSetVariablesCommand(NOBODY).variables(Map.of("a", 1)).send().join());
  }

  private Object publish(String id) {
    return client.newPublishMessageCommand().messageName("paid").correlationKey("a-1").messageId(id)
        .timeToLive(Duration.ofMinutes(1)).variable("receipt", "r-1").send().join().getMessageKey() > 0;
  }

  private void thrownError() throws Exception {
    newOrder("b-1");
    var job = job("charge");
    tell("throw", () -> done(client.newThrowErrorCommand(job).errorCode("declined").errorMessage("poor").variable("reason", "poor")));
    var refund = job("refund");
    tell("what caught it", () -> aboutJob(refund));
    client.newCompleteCommand(refund).send().join();
  }

  private void streams() throws Exception {
    var pushed = new LinkedBlockingQueue<ActivatedJob>();
    var stream = client.newStreamJobsCommand().jobType("archive").consumer(pushed::add).workerName("streamer").send();
    tell("start at an element", () -> client.newCreateInstanceCommand().bpmnProcessId("order").version(1)
        .variables(Map.of("order", "c-1")).startBeforeElement("archive").send().join().getVersion());
    var job = pushed.poll(20, TimeUnit.SECONDS);
    tell("a streamed job", () -> aboutJob(job));
    client.newCompleteCommand(job).send().join();
    stream.cancel(true);
    var worker = client.newWorker().jobType("add")
        .handler((jobs, sum) -> jobs.newCompleteCommand(sum).variable("sum", (int) sum.getVariable("a") + (int) sum.getVariable("b")).send().join())
        .streamEnabled(true)
        .open();
    tell("create with its result", () -> client.newCreateInstanceCommand().bpmnProcessId("sum").latestVersion()
        .variables("{\"a\": 1, \"b\": 2}").withResult().fetchVariables("sum").send().join().getVariablesAsMap());
    worker.close();
  }

  /** Instances that are changed while they run. */
  private void changes() throws Exception {
    var modified = newOrder("d-1");
    var charge = job("charge");
    tell("modify", () -> done(client.newModifyProcessInstanceCommand(modified)
        .activateElement("refund").withVariables(Map.of("reason", "late"), "refund")
        .and().terminateElement(charge.getElementInstanceKey())));
    var refund = job("refund");
    tell("what it went to", () -> aboutJob(refund));
    client.newCompleteCommand(refund).send().join();
    tell("modify what has ended", () -> client.newModifyProcessInstanceCommand(modified).activateElement("charge").send().join());
    var migrated = newOrder("e-1");
    var old = job("charge");
    var plan = MigrationPlan.newBuilder().withTargetProcessDefinitionKey(nextOrder).addMappingInstruction("charge", "bill").build();
    tell("migrate", () -> done(client.newMigrateProcessInstanceCommand(migrated).migrationPlan(plan)));
    client.newCompleteCommand(old).send().join();
    var sent = job("send");
    tell("where it went on", () -> aboutJob(sent));
    tell("cancel", () -> done(client.newCancelInstanceCommand(migrated)));
    tell("cancel again", () -> client.newCancelInstanceCommand(migrated).send().join());
    tell("complete what was cancelled", () -> client.newCompleteCommand(sent).send().join());
  }

  private void decisions() throws Exception {
    tell("evaluate", () -> {
      var evaluated = client.newEvaluateDecisionCommand().decisionId("discount").variables(Map.of("amount", 200)).send().join();
      return List.of(evaluated.getDecisionOutput(), evaluated.getEvaluatedDecisions().get(0).getDecisionType());
    });
    tell("evaluate what fails", () -> client.newEvaluateDecisionCommand().decisionId("discount").variables(Map.of()).send().join().getFailureMessage());
    tell("evaluate what is not there", () -> client.newEvaluateDecisionCommand().decisionId("nothing").variables(Map.of()).send().join());
  }

  /** These calls are REST's only. */
  private void userTask() throws Exception {
    client.newCreateInstanceCommand().bpmnProcessId("ticket").latestVersion().send().join();
    var task = record("USER_TASK", "CREATED").at("/key").asLong();
    tell("assign", () -> done(client.newUserTaskAssignCommand(task).assignee("ada")));
    tell("assign another", () -> client.newUserTaskAssignCommand(task).assignee("bob").allowOverride(false).send().join());
    tell("unassign", () -> done(client.newUserTaskUnassignCommand(task)));
    tell("update", () -> done(client.newUserTaskUpdateCommand(task).candidateGroups("sales").priority(70).dueDate("2030-01-01T00:00:00Z")));
    tell("as it is now", () -> record("USER_TASK", "UPDATED").at("/value/priority").asInt());
    tell("finish", () -> done(client.newUserTaskCompleteCommand(task).action("approve").variables(Map.of("approved", true))));
    tell("finish again", () -> client.newUserTaskCompleteCommand(task).send().join());
    var file = job("file");
    tell("what it brought", () -> file.getVariablesAsMap());
    client.newCompleteCommand(file).send().join();
  }

  private void deletion() throws Exception {
    tell("delete", () -> done(client.newDeleteResourceCommand(discounts)));
    tell("delete again", () -> client.newDeleteResourceCommand(discounts).send().join());
  }

  private long newOrder(String name) {
    return client.newCreateInstanceCommand().bpmnProcessId("order").latestVersion()
        .variables(Map.of("order", name, "amount", 10)).send().join().getProcessInstanceKey();
  }

  /** Waits for one. */
  private ActivatedJob job(String type) {
    var jobs = client.newActivateJobsCommand().jobType(type).maxJobsToActivate(1).timeout(Duration.ofMinutes(1))
        .workerName("java").requestTimeout(A_WHILE).send().join().getJobs();
    return jobs.get(0);
  }

  private static Object aboutJob(ActivatedJob job) {
    var about = new LinkedHashMap<String, Object>();
    about.put("process", job.getBpmnProcessId());
    about.put("element", job.getElementId());
    about.put("headers", job.getCustomHeaders());
    about.put("retries", job.getRetries());
    about.put("worker", job.getWorker());
    about.put("variables", job.getVariablesAsMap());
    return about;
  }

  /** The first of its kind, as exporters get it; waits for it. */
  private JsonNode record(String valueType, String intent) throws Exception {
    Predicate<JsonNode> isWanted = record ->
        record.at("/valueType").asText().equals(valueType) && record.at("/intent").asText().equals(intent);
    try (var lines = new BufferedReader(new InputStreamReader(records.toURL().openStream(), UTF_8))) {
      return lines.lines().map(JavaClient::parsed).filter(isWanted).findFirst().orElseThrow();
    }
  }

  private static JsonNode parsed(String line) {
    try {
      return JSON.readTree(line);
    } catch (Exception error) {
      throw new IllegalArgumentException(line, error);
    }
  }

  private String file(String name) {
    return models.resolve(name).toString();
  }

  private static void tell(String call, Call made) throws Exception {
    System.out.println(JSON.writeValueAsString(List.of(call, answerOf(made))));
  }

  private static Object done(FinalCommandStep<?> command) {
    command.send().join();
    return "done";
  }

  private static Object answerOf(Call call) throws Exception {
    try {
      return call.made();
    } catch (ClientStatusException refused) {
      return Map.of("code", refused.getStatusCode().name(), "message", refused.getStatus().getDescription());
    } catch (ProblemException refused) {
      return Map.of("code", refused.details().getStatus(), "message", refused.details().getDetail());
    }
  }
}
