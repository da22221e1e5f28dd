import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.server.quorum.QuorumPeer;

/**
 * What members of a release make of their data and epoch files at a start: QuorumPeer's own loadDataBase, which changes
 * the files. Reads lines DATADIR<tab>LOGDIR from stdin, prints a JSON line for each.
 */
public class EpochOracle {
    public static void main(String[] args) throws Exception {
        Method load = QuorumPeer.class.getDeclaredMethod("loadDataBase");
        load.setAccessible(true);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split("\t");
            QuorumPeer peer = new QuorumPeer() { };
            FileTxnSnapLog files = new FileTxnSnapLog(new File(words[1]), new File(words[0]));
            ZKDatabase database = new ZKDatabase(files);
            peer.setTxnFactory(files);
            peer.setZKDatabase(database);
            Throwable problem = null;
            try {
                load.invoke(peer);
            } catch (InvocationTargetException e) {
                problem = e.getCause();
                while (problem.getCause() != null) problem = problem.getCause();
            }
            String message = problem == null ? "" : String.valueOf(problem.getMessage()).replaceAll("[\\\\\"\\p{Cntrl}]", " ");
            String epochs = problem == null ? ",\"current\":" + peer.getCurrentEpoch() + ",\"accepted\":" + peer.getAcceptedEpoch() : "";
            System.out.println("{\"serves\":" + (problem == null) + ",\"zxid\":\"0x"
                + Long.toHexString(database.getDataTreeLastProcessedZxid()) + "\",\"message\":\"" + message + "\"" + epochs + "}");
            database.close();
        }
        System.out.flush();
        System.exit(0);
    }
}
