import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.server.quorum.QuorumPeer;

/**
 * What servers of a release make of data directories at their start, in one JVM and without the network. Reads lines from
 * stdin, prints a JSON line for each:
 *
 *   standalone<tab>DATADIR<tab>LOGDIR<tab>k=v,k=v   ZooKeeperServer.startdata, which changes the directories
 *   quorum<tab>DATADIR<tab>LOGDIR<tab>k=v,k=v       QuorumPeer.loadDataBase: the data, then the epoch files
 *
 * What the servers log, when logging is on, comes in front of the line. `applied`: the zxids that were replayed, in order,
 * as far as servers remember them.
 */
public class DoctorOracle {
    public static void main(String[] args) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split("\t", -1);
            List<String> set = new ArrayList<String>();
            for (String property : words[3].isEmpty() ? new String[0] : words[3].split(",")) {
                int at = property.indexOf('=');
                System.setProperty(property.substring(0, at), property.substring(at + 1));
                set.add(property.substring(0, at));
            }
            set("setDigestEnabled", "zookeeper.digest.enabled");
            set("setCloseSessionTxnEnabled", "zookeeper.closeSessionTxn.enabled");
            set("setSerializeLastProcessedZxidEnabled", "zookeeper.serializeLastProcessedZxid.enabled");
            ZKDatabase database = null;
            Throwable problem = null;
            try {
                FileTxnSnapLog files = new FileTxnSnapLog(new File(words[2]), new File(words[1]));
                database = words[0].equals("quorum") ? member(files) : standalone(files);
            } catch (Throwable t) {
                problem = t;
            }
            String message = problem == null ? "" : String.valueOf(problem).replaceAll("[\\\\\"\\p{Cntrl}]", " ");
            DataTree tree = database == null ? null : database.getDataTree();
            String zxid = tree == null ? "null" : "\"0x" + Long.toHexString(tree.lastProcessedZxid) + "\"";
            System.out.println("{\"serves\":" + (problem == null) + ",\"lastZxid\":" + zxid + ",\"nodes\":"
                + (tree == null ? "null" : String.valueOf(tree.getNodeCount())) + ",\"digest\":" + digestOf(tree)
                + ",\"applied\":[" + (database == null ? "" : applied(database)) + "],\"message\":\"" + message + "\"}");
            if (database != null) database.close();
            for (String name : set) System.clearProperty(name);
        }
        System.out.flush();
        System.exit(0);
    }

    static ZKDatabase standalone(FileTxnSnapLog files) throws Exception {
        ZooKeeperServer server = new ZooKeeperServer();
        server.setTxnLogFactory(files);
        server.startdata();
        return server.getZKDatabase();
    }

    static ZKDatabase member(FileTxnSnapLog files) throws Exception {
        Constructor<QuorumPeer> constructor = QuorumPeer.class.getDeclaredConstructor();
        constructor.setAccessible(true);
        QuorumPeer peer = constructor.newInstance();
        ZKDatabase database = new ZKDatabase(files);
        peer.setTxnFactory(files);
        peer.setZKDatabase(database);
        Method load = QuorumPeer.class.getDeclaredMethod("loadDataBase");
        load.setAccessible(true);
        try {
            load.invoke(peer);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            throw (Exception) (cause.getCause() == null ? cause : cause.getCause());
        }
        return database;
    }

    /** As ZKDatabase keeps them for learners: a Proposal has its zxid in its packet. */
    static String applied(ZKDatabase database) throws Exception {
        StringBuilder zxids = new StringBuilder();
        for (Object proposal : (Collection<?>) database.getCommittedLog()) {
            Object packet = null;
            try {
                packet = proposal.getClass().getMethod("getQuorumPacket").invoke(proposal);
            } catch (NoSuchMethodException e) {
                packet = proposal.getClass().getField("packet").get(proposal);
            }
            Object zxid = packet.getClass().getMethod("getZxid").invoke(packet);
            zxids.append(zxids.length() == 0 ? "" : ",").append("\"0x").append(Long.toHexString((Long) zxid)).append("\"");
        }
        return zxids.toString();
    }

    /** Read once from the property by the server, so set here for each line. */
    static void set(String method, String property) {
        try {
            boolean on = !"false".equals(System.getProperty(property));
            ZooKeeperServer.class.getMethod(method, boolean.class).invoke(null, on);
        } catch (ReflectiveOperationException e) {
            // a release without it
        }
    }

    static String digestOf(DataTree tree) {
        try {
            if (tree == null) return "null";
            return "\"0x" + Long.toHexString((Long) DataTree.class.getMethod("getTreeDigest").invoke(tree)) + "\"";
        } catch (ReflectiveOperationException e) {
            return "null";
        }
    }
}
