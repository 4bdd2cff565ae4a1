import com.fasterxml.jackson.databind.ObjectMapper;
import io.camunda.zeebe.model.bpmn.Bpmn;
import io.camunda.zeebe.model.bpmn.instance.BaseElement;
import io.camunda.zeebe.model.bpmn.traversal.ModelWalker;
import io.camunda.zeebe.model.bpmn.validation.ValidationVisitor;
import io.camunda.zeebe.model.bpmn.validation.zeebe.ZeebeDesignTimeValidators;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.model.xml.ModelParseException;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;

/** Models as a JSON list in; for each what is wrong with it as `element: message`, or why it cannot be read, out. */
class Judge {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    var answers = new ArrayList<Map<String, Object>>();
    for (var xml : JSON.readTree(System.in)) answers.add(judge(xml.asText()));
    System.out.println(JSON.writeValueAsString(answers));
  }

  private static Map<String, Object> judge(String xml) {
    try {
      var model = Bpmn.readModelFromStream(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
      var visitor = new ValidationVisitor(ZeebeDesignTimeValidators.VALIDATORS);
      new ModelWalker(model).walk(visitor);
      var problems = new ArrayList<String>();
      visitor.getValidationResult().getResults().forEach((element, results) ->
          results.forEach(result -> problems.add(pathTo(element) + ": " + result.getMessage())));
      return Map.of("problems", problems.stream().sorted().toList());
    } catch (ModelParseException unreadable) {
      return Map.of("unreadable", unreadable.getCause().getMessage());
    } catch (RuntimeException broken) {
      return Map.of("unreadable", broken.toString());
    }
  }

  /** From the nearest element that has an id down, as the engine prints it. */
  private static String pathTo(ModelElementInstance element) {
    var names = new ArrayList<String>();
    for (var at = element; at != null; at = at.getParentElement()) {
      if (at instanceof BaseElement base && base.getId() != null) {
        names.add(0, base.getId());
        break;
      }
      names.add(0, at.getElementType().getTypeName());
    }
    return String.join(" > ", names);
  }
}
