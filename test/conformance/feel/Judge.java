import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.camunda.feel.FeelEngine;
import org.camunda.feel.context.Context;
import org.camunda.feel.context.CustomContext;
import org.camunda.feel.context.VariableProvider;
import org.camunda.feel.impl.JavaValueMapper;
import org.camunda.feel.syntaxtree.*;
import scala.Function1;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Reads questions, a JSON array of {"kind": "expression" | "unary tests", "text", "variables", "input", "now"}, evaluates each with
 * feel-scala, and writes an array of answers: {"value", "type", "warnings"} or {"failure", "warnings"}. A value is the JSON that Zeebe
 * stores of it.
 */
public final class Judge {
  private static final ObjectMapper json = new ObjectMapper();
  private static final JsonNodeFactory nodes = JsonNodeFactory.instance;

  public static void main(String[] arguments) throws Exception {
    var answers = nodes.arrayNode();
    for (var question : json.readTree(System.in)) answers.add(answer(question));
    new PrintStream(System.out, true, StandardCharsets.UTF_8).println(answers);
  }

  private static ObjectNode answer(JsonNode question) {
    var now = ZonedDateTime.parse(question.get("now").asText());
    var engine = new FeelEngine.Builder().customValueMapper(new KeepsTypes()).clock(() -> now).build();
    var isUnary = question.get("kind").asText().equals("unary tests");
    var text = question.get("text").asText();
    var parsed = isUnary ? engine.parseUnaryTests(text) : engine.parseExpression(text);
    if (parsed.isLeft()) return nodes.objectNode().put("failure", parsed.left().get().message());

    var variables = new HashMap<String, Object>();
    question.get("variables").fields().forEachRemaining(entry -> variables.put(entry.getKey(), valueOf(entry.getValue())));
    if (isUnary) variables.put("cellInput", valueOf(question.get("input")));
    var result = engine.evaluate(parsed.right().get(), contextOf(variables));
    var answer = nodes.objectNode();
    if (result.isFailure()) answer.put("failure", result.failure().message());
    else {
      answer.set("value", jsonOf((Val) result.result()));
      answer.put("type", typeOf((Val) result.result()));
    }
    var warnings = answer.putArray("warnings");
    CollectionConverters.asJava(result.suppressedFailures())
        .forEach(warning -> warnings.add("[" + warning.failureType() + "] " + warning.failureMessage()));
    return answer;
  }

  /** JSON as Zeebe hands it to FEEL: whole numbers and others as decimals. */
  private static Val valueOf(JsonNode node) {
    switch (node.getNodeType()) {
      case BOOLEAN:
        return new ValBoolean(node.asBoolean());
      case NUMBER:
        var number = node.isIntegralNumber() ? new BigDecimal(node.asLong()) : BigDecimal.valueOf(node.asDouble());
        return new ValNumber(new scala.math.BigDecimal(number));
      case STRING:
        return new ValString(node.asText());
      case ARRAY:
        List<Val> items = new ArrayList<>();
        node.forEach(item -> items.add(valueOf(item)));
        return new ValList(CollectionConverters.asScala(items).toList());
      case OBJECT:
        var entries = new java.util.LinkedHashMap<String, Object>();
        node.fields().forEachRemaining(entry -> entries.put(entry.getKey(), valueOf(entry.getValue())));
        return new ValContext(new Entries(contextOf(entries)));
      default:
        return ValNull$.MODULE$;
    }
  }

  private static Context contextOf(Map<String, Object> variables) {
    var all = scala.collection.immutable.Map$.MODULE$.<String, Object>from(CollectionConverters.asScala(variables));
    return new Context.StaticContext(all, scala.collection.immutable.Map$.MODULE$.empty());
  }

  private static JsonNode jsonOf(Val value) {
    if (value instanceof ValBoolean it) return nodes.booleanNode(it.value());
    if (value instanceof ValNumber it)
      return it.value().isWhole() ? nodes.numberNode(it.value().longValue()) : nodes.numberNode(it.value().doubleValue());
    if (value instanceof ValString it) return nodes.textNode(it.value());
    if (value instanceof ValList it) {
      ArrayNode items = nodes.arrayNode();
      CollectionConverters.asJava(it.items()).forEach(item -> items.add(jsonOf(item)));
      return items;
    }
    if (value instanceof ValContext it) {
      ObjectNode entries = nodes.objectNode();
      CollectionConverters.asJava(it.context().variableProvider().getVariables())
          .forEach((key, entry) -> entries.set(key, entry instanceof Val inner ? jsonOf(inner) : nodes.nullNode()));
      return entries;
    }
    if (value instanceof ValTime it) return nodes.textNode(it.value().format());
    if (value instanceof ValLocalTime it) return nodes.textNode(it.value().toString());
    if (value instanceof ValDate it) return nodes.textNode(it.value().toString());
    if (value instanceof ValDateTime it) return nodes.textNode(it.value().toString());
    if (value instanceof ValLocalDateTime it) return nodes.textNode(it.value().toString());
    if (value instanceof ValDayTimeDuration it) return nodes.textNode(it.value().toString());
    if (value instanceof ValYearMonthDuration it) return nodes.textNode(it.value().toString());
    return nodes.nullNode();
  }

  private static String typeOf(Val value) {
    if (value instanceof ValNull$) return "NULL";
    if (value instanceof ValBoolean) return "BOOLEAN";
    if (value instanceof ValNumber) return "NUMBER";
    if (value instanceof ValString) return "STRING";
    if (value instanceof ValList) return "ARRAY";
    if (value instanceof ValContext) return "OBJECT";
    if (value instanceof ValDayTimeDuration) return "DURATION";
    if (value instanceof ValYearMonthDuration) return "PERIOD";
    if (value instanceof ValDate) return "DATE";
    if (value instanceof ValDateTime || value instanceof ValLocalDateTime) return "DATE_TIME";
    return "UNKNOWN";
  }

  /** A context of a variable: to Zeebe, too, it is the same as itself only. */
  private static final class Entries extends CustomContext {
    private final Context entries;

    Entries(Context entries) {
      this.entries = entries;
    }

    @Override
    public VariableProvider variableProvider() {
      return entries.variableProvider();
    }
  }

  /** Results stay FEEL values: Zeebe, too, asks for that. */
  private static final class KeepsTypes extends JavaValueMapper {
    @Override
    public Option<Object> unpackVal(Val value, Function1<Val, Object> innerValueMapper) {
      return Option.apply(value);
    }

    @Override
    public Option<Val> toVal(Object value, Function1<Object, Val> innerValueMapper) {
      return Option.empty();
    }
  }
}
