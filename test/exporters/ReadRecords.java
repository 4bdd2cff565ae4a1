import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camunda.zeebe.protocol.jackson.ZeebeProtocolModule;
import io.camunda.zeebe.protocol.record.Record;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;

/**
 * Reads records, one a line, as tools for Zeebe's exports do, writes each out again, and says where the two differ: a
 * field that the protocol does not know, or one that it knows and the line has not.
 */
public class ReadRecords {
  private static final ObjectMapper MAPPER = new ObjectMapper().registerModule(new ZeebeProtocolModule());

  public static void main(final String[] args) throws Exception {
    final var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(verdict(line));
    }
  }

  private static String verdict(final String line) throws Exception {
    final JsonNode given = MAPPER.readTree(line);
    final String what = given.path("valueType").asText() + " " + given.path("intent").asText();
    try {
      final Record<?> record = MAPPER.readValue(line, new TypeReference<Record<?>>() {});
      final var differences = new StringBuilder();
      compare("", given, MAPPER.readTree(MAPPER.writeValueAsString(record)), differences);
      return what + (differences.length() == 0 ? " ok" : differences.toString());
    } catch (final Exception error) {
      return what + " unreadable: " + error.getMessage().replace('\n', ' ');
    }
  }

  private static void compare(
      final String path, final JsonNode given, final JsonNode read, final StringBuilder differences) {
    if (given.isObject() && read.isObject()) {
      for (final Iterator<String> names = given.fieldNames(); names.hasNext(); ) {
        final String name = names.next();
        if (!read.has(name)) differences.append(" unknown:").append(path).append('/').append(name);
        else compare(path + "/" + name, given.get(name), read.get(name), differences);
      }
      for (final Iterator<String> names = read.fieldNames(); names.hasNext(); ) {
        final String name = names.next();
        if (!given.has(name)) differences.append(" missing:").append(path).append('/').append(name);
      }
    } else if (given.isArray() && read.isArray() && given.size() == read.size()) {
      for (int i = 0; i < given.size(); i++) compare(path + "/" + i, given.get(i), read.get(i), differences);
    } else if (!given.asText().equals(read.asText()) || given.isNull() != read.isNull()) {
      differences.append(" differs:").append(path).append(' ').append(given).append(" is read as ").append(read);
    }
  }
}
