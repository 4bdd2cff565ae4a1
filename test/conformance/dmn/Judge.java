import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.camunda.dmn.Audit;
import org.camunda.dmn.DmnEngine;
import org.camunda.dmn.parser.*;
import org.camunda.feel.syntaxtree.Val;
import org.camunda.feel.syntaxtree.ValBoolean;
import org.camunda.feel.syntaxtree.ValContext;
import org.camunda.feel.syntaxtree.ValDate;
import org.camunda.feel.syntaxtree.ValDateTime;
import org.camunda.feel.syntaxtree.ValDayTimeDuration;
import org.camunda.feel.syntaxtree.ValList;
import org.camunda.feel.syntaxtree.ValLocalDateTime;
import org.camunda.feel.syntaxtree.ValLocalTime;
import org.camunda.feel.syntaxtree.ValNumber;
import org.camunda.feel.syntaxtree.ValString;
import org.camunda.feel.syntaxtree.ValTime;
import org.camunda.feel.syntaxtree.ValYearMonthDuration;

/**
 * Evaluates decisions with dmn-scala: reads `[{xml, decision, variables}]` from standard input and writes, for each, what the
 * engine answers. A model that it refuses: `{refused}`.
 */
@SuppressWarnings("unchecked")
public final class Judge {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DmnEngine ENGINE = new DmnEngine.Builder().build();

  public static void main(final String[] arguments) throws Exception {
    final ArrayNode answers = JSON.createArrayNode();
    for (final JsonNode question : JSON.readTree(System.in)) answers.add(answer(question));
    JSON.writeValue(System.out, answers);
  }

  private static ObjectNode answer(final JsonNode question) throws Exception {
    final ObjectNode answer = JSON.createObjectNode();
    final byte[] xml = question.get("xml").asText().getBytes(StandardCharsets.UTF_8);
    final ParsedDmn model;
    try {
      final var parsed = ENGINE.parse(new ByteArrayInputStream(xml));
      if (parsed.isLeft()) return answer.put("refused", parsed.left().get().message());
      model = parsed.right().get();
    } catch (final Exception failure) { // as Zeebe does
      return answer.put("refused", failure.getMessage());
    }
    final ArrayNode decisions = answer.putArray("decisions");
    model.decisions().foreach(decision -> decisions.add(decision.id()));
    final Map<String, Object> variables = JSON.convertValue(question.get("variables"), Map.class);
    final var result = ENGINE.eval(model, question.get("decision").asText(), variables);
    if (result.isLeft()) {
      answer.put("failure", result.left().get().failure().message());
      return audit(answer, result.left().get().auditLog());
    }
    audit(answer, result.right().get().auditLog());
    // The engine unpacks its result into Java's types, which Zeebe does not: what was noted down last is the same.
    final JsonNode evaluated = answer.get("evaluated");
    return answer.set("output", evaluated.get(evaluated.size() - 1).get("output"));
  }

  private static ObjectNode audit(final ObjectNode answer, final Audit.AuditLog log) {
    final ArrayNode evaluated = answer.putArray("evaluated");
    log.entries().foreach(entry -> evaluated.add(evaluated(entry)));
    return answer;
  }

  private static ObjectNode evaluated(final Audit.AuditLogEntry entry) {
    final ObjectNode node = JSON.createObjectNode();
    node.put("id", entry.id()).put("name", entry.name()).put("type", typeOf(entry.decisionLogic()));
    node.set("output", json(entry.result().result()));
    final ArrayNode inputs = node.putArray("inputs");
    final ArrayNode rules = node.putArray("matchedRules");
    if (entry.result() instanceof Audit.DecisionTableEvaluationResult table) {
      table.inputs().foreach(input ->
          inputs.add(JSON.createObjectNode()
              .put("id", input.input().id()).put("name", nameOf(input.input()))
              .set("value", json(input.value()))));
      table.matchedRules().foreach(rule -> {
        final ObjectNode matched = JSON.createObjectNode().put("id", rule.rule().id());
        matched.put("index", ((ParsedDecisionTable) entry.decisionLogic()).rules().toList().indexOf(rule.rule()) + 1);
        final ArrayNode outputs = matched.putArray("outputs");
        rule.outputs().foreach(output ->
            outputs.add(JSON.createObjectNode()
                .put("id", output.output().id())
                .put("name", output.output().label() != null ? output.output().label() : output.output().name())
                .set("value", json(output.value()))));
        return rules.add(matched);
      });
    }
    return node;
  }

  /** In Zeebe's words. */
  private static String typeOf(final ParsedDecisionLogic logic) {
    if (logic.getClass() == ParsedDecisionTable.class) return "DECISION_TABLE";
    if (logic.getClass() == ParsedLiteralExpression.class) return "LITERAL_EXPRESSION";
    if (logic.getClass() == ParsedContext.class) return "CONTEXT";
    if (logic.getClass() == ParsedList.class) return "LIST";
    if (logic.getClass() == ParsedRelation.class) return "RELATION";
    return logic.getClass() == ParsedInvocation.class ? "INVOCATION" : "UNKNOWN";
  }

  /** As Zeebe names an input: its label, else the beginning of its expression. */
  private static String nameOf(final ParsedInput input) {
    if (input.name() != null) return input.name();
    return input.expression() instanceof FeelExpression feel ? String.format("%.30s", feel.expression().text()) : null;
  }

  private static JsonNode json(final Val value) {
    if (value instanceof ValNumber number) return JSON.getNodeFactory().numberNode(decimal(number));
    if (value instanceof ValBoolean bool) return JSON.getNodeFactory().booleanNode(bool.value());
    if (value instanceof ValString string) return JSON.getNodeFactory().textNode(string.value());
    if (value instanceof ValTime time) return JSON.getNodeFactory().textNode(time.value().format());
    if (value instanceof ValLocalTime time) return JSON.getNodeFactory().textNode(time.value().toString());
    if (value instanceof ValDate date) return JSON.getNodeFactory().textNode(date.value().toString());
    if (value instanceof ValDateTime time) return JSON.getNodeFactory().textNode(time.value().toString());
    if (value instanceof ValLocalDateTime time) return JSON.getNodeFactory().textNode(time.value().toString());
    if (value instanceof ValDayTimeDuration duration) return JSON.getNodeFactory().textNode(duration.value().toString());
    if (value instanceof ValYearMonthDuration duration) return JSON.getNodeFactory().textNode(duration.value().toString());
    if (value instanceof ValList list) {
      final ArrayNode node = JSON.createArrayNode();
      list.items().foreach(item -> node.add(json(item)));
      return node;
    }
    if (value instanceof ValContext context) {
      final ObjectNode node = JSON.createObjectNode();
      context.context().variableProvider().getVariables().foreach(entry ->
          node.set(entry._1(), entry._2() instanceof Val val ? json(val) : JSON.nullNode()));
      return node;
    }
    return JSON.nullNode();
  }

  /** As Zeebe stores it: a whole number as one, any other as a double. */
  private static BigDecimal decimal(final ValNumber number) {
    final BigDecimal value = number.value().bigDecimal();
    return number.value().isWhole() ? BigDecimal.valueOf(value.longValue()) : BigDecimal.valueOf(value.doubleValue());
  }
}
