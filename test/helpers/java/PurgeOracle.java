import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import org.apache.zookeeper.server.PurgeTxnLog;

/** Purges as PurgeTxnLog and autopurge do. Reads lines LOGDIR<tab>DATADIR<tab>COUNT from stdin. */
public class PurgeOracle {
    public static void main(String[] args) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split("\t");
            PurgeTxnLog.purge(new File(words[0]), new File(words[1]), Integer.parseInt(words[2]));
        }
        System.exit(0);
    }
}
