import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import org.apache.zookeeper.server.ZooKeeperServer;

/**
 * How a standalone server of a release comes up on data directories: its own start-up (ZooKeeperServer.startdata), without
 * the network. Reads directories from stdin, prints a JSON line for each. The directories are changed, as a start changes
 * them.
 */
public class LoadOracle {
    public static void main(String[] args) throws Exception {
        System.setProperty("zookeeper.extendedTypesEnabled", "true");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            File directory = new File(line);
            String zxid = "null";
            Throwable problem = null;
            try {
                ZooKeeperServer server = new ZooKeeperServer(directory, directory, 2000);
                server.startdata();
                zxid = "\"0x" + Long.toHexString(server.getZKDatabase().getDataTreeLastProcessedZxid()) + "\"";
                server.getZKDatabase().close();
            } catch (Throwable t) {
                problem = t;
            }
            // what is not wrapped in quotes here cannot break a line
            String message = problem == null ? "" : String.valueOf(problem).replaceAll("[\\\\\"\\p{Cntrl}]", " ");
            System.out.println("{\"serves\":" + (problem == null) + ",\"lastZxid\":" + zxid + ",\"message\":\"" + message + "\"}");
        }
        System.out.flush();
        System.exit(0);
    }
}
