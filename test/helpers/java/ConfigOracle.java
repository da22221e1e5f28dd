import java.io.*;
import java.lang.reflect.*;
import java.util.*;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;

/**
 * What a ZooKeeper release's own parser says to configuration files. Runs against every line from 3.4 to 3.9:
 *
 *   java -cp JARS ConfigOracle.java             file names on stdin, a JSON line each: accepted or not, and the message
 *   java -cp JARS ConfigOracle.java properties  file names on stdin, a JSON line each: what java.util.Properties reads,
 *                                               in the order of its entrySet
 */
public class ConfigOracle {
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false, "UTF-8");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        Properties before = (Properties) System.getProperties().clone();
        for (String line; (line = in.readLine()) != null; ) {
            if (args.length > 0) {
                out.println(properties(line));
                continue;
            }
            System.setProperties((Properties) before.clone());
            reset("setStandaloneEnabled", true);
            reset("setReconfigEnabled", false);
            out.println(verdict(line));
        }
        out.flush();
        System.exit(0);
    }

    static void reset(String setter, boolean value) throws Exception {
        for (Method method : QuorumPeerConfig.class.getMethods()) {
            if (method.getName().equals(setter)) method.invoke(null, value);
        }
    }

    static String verdict(String path) {
        try {
            new QuorumPeerConfig().parse(path);
            return "{\"accepted\":true,\"serverError\":null}";
        } catch (Throwable thrown) {
            Throwable error = thrown;
            String message = String.valueOf(error.getMessage());
            if (message.startsWith("Error processing ") && error.getCause() != null) error = error.getCause();
            return "{\"accepted\":false,\"serverError\":" + string(error.getMessage()) + "}";
        }
    }

    static String properties(String path) throws IOException {
        Properties read = new Properties();
        try (FileInputStream file = new FileInputStream(path)) {
            read.load(file);
        } catch (IllegalArgumentException error) {
            return "{\"error\":" + string(error.getMessage()) + "}";
        }
        StringBuilder text = new StringBuilder("{\"entries\":[");
        String separator = "";
        for (Map.Entry<Object, Object> entry : read.entrySet()) {
            text.append(separator).append('[').append(string((String) entry.getKey())).append(',');
            text.append(string((String) entry.getValue())).append(']');
            separator = ",";
        }
        return text.append("]}").toString();
    }

    static String string(String value) {
        if (value == null) return "null";
        StringBuilder text = new StringBuilder("\"");
        for (char c : value.toCharArray()) {
            if (c == '"' || c == '\\') text.append('\\').append(c);
            else if (c < 32 || c > 126) text.append(String.format("\\u%04x", (int) c));
            else text.append(c);
        }
        return text.append('"').toString();
    }
}
