import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import org.apache.zookeeper.server.persistence.TxnLogToolkit;

/** TxnLogToolkit on many logs in one JVM: reads "log<TAB>output" lines, writes what the tool prints of each log. */
public class ToolkitOracle {
    public static void main(String[] args) throws Exception {
        // what the classes log when they are loaded comes on the output as well
        Class.forName("org.apache.zookeeper.server.ZooKeeperServer");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] files = line.split("\t");
            PrintStream before = System.out;
            try (PrintStream output = new PrintStream(new FileOutputStream(files[1]), false, "UTF-8")) {
                System.setOut(output);
                try (TxnLogToolkit tool = new TxnLogToolkit(false, false, files[0], true)) {
                    tool.dump(null);
                } catch (Exception e) {
                    // it dies of what it does not understand, with what it has printed so far
                }
            } finally {
                System.setOut(before);
            }
        }
    }
}
