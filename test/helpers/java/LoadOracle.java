import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.TreeSet;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.TxnLog.TxnIterator;

/**
 * What servers of a release make of data directories, in one JVM and without the network. Reads lines from stdin, prints
 * a JSON line for each:
 *
 *   start<tab>DIR         a standalone server's own start-up (ZooKeeperServer.startdata), which changes the directory
 *   replay<tab>DIR<tab>N  an empty tree and all transactions of the directory's logs up to zxid N
 */
public class LoadOracle {
    public static void main(String[] args) throws Exception {
        System.setProperty("zookeeper.extendedTypesEnabled", "true");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split("\t");
            File directory = new File(words[1]);
            DataTree tree = null;
            Throwable problem = null;
            try {
                tree = words[0].equals("start") ? start(directory) : replay(directory, Long.parseLong(words[2]));
            } catch (Throwable t) {
                problem = t;
            }
            // what is not wrapped in quotes here cannot break a line
            String message = problem == null ? "" : String.valueOf(problem).replaceAll("[\\\\\"\\p{Cntrl}]", " ");
            String zxid = tree == null ? "null" : "\"0x" + Long.toHexString(tree.lastProcessedZxid) + "\"";
            StringBuilder nodes = new StringBuilder();
            if (tree != null) dump(tree, "", nodes);
            System.out.println("{\"serves\":" + (problem == null) + ",\"lastZxid\":" + zxid + ",\"message\":\"" + message
                + "\",\"nodes\":[" + nodes + "]}");
        }
        System.out.flush();
        System.exit(0);
    }

    static DataTree start(File directory) throws Exception {
        ZooKeeperServer server = new ZooKeeperServer(directory, directory, 2000);
        server.startdata();
        DataTree tree = server.getZKDatabase().getDataTree();
        server.getZKDatabase().close();
        return tree;
    }

    static DataTree replay(File directory, long last) throws Exception {
        DataTree tree = new DataTree();
        TxnIterator txns = new FileTxnLog(new File(directory, "version-2")).read(1);
        while (txns.getHeader() != null && txns.getHeader().getZxid() <= last) {
            tree.processTxn(txns.getHeader(), txns.getTxn());
            if (!txns.next()) break;
        }
        txns.close();
        return tree;
    }

    /** Paths, hashes of data, and the zxids and versions of everything but /zookeeper. */
    static void dump(DataTree tree, String path, StringBuilder nodes) throws Exception {
        if (path.equals("/zookeeper")) return;
        Stat stat = new Stat();
        String name = path.isEmpty() ? "/" : path;
        byte[] data = tree.getData(name, stat, null);
        if (!path.isEmpty()) {
            nodes.append(nodes.length() == 0 ? "" : ",").append("\"").append(path.replaceAll("[\\\\\"\\p{Cntrl}]", " "))
                .append(" ").append(Arrays.hashCode(data)).append(" ").append(stat.getCzxid()).append(" ").append(stat.getMzxid())
                .append(" ").append(stat.getVersion()).append(" ").append(stat.getEphemeralOwner()).append("\"");
        }
        for (String child : new TreeSet<String>(tree.getChildren(name, null, null))) dump(tree, path + "/" + child, nodes);
    }
}
