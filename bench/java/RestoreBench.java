import java.io.File;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.persistence.*;
import org.apache.zookeeper.txn.TxnHeader;

/** ZooKeeper's own restore of a data directory; "load": only its newest snapshot. */
public class RestoreBench {
    public static void main(String[] args) throws Exception {
        File folder = new File(args[0]);
        DataTree tree = new DataTree();
        ConcurrentHashMap<Long, Integer> sessions = new ConcurrentHashMap<>();
        long start = System.nanoTime();
        final long[] mismatches = {0};
        tree.addDigestWatcher(zxid -> mismatches[0]++);
        if (args[1].equals("load")) new FileSnap(new File(folder, "version-2")).deserialize(tree, sessions);
        else new FileTxnSnapLog(folder, folder).restore(tree, sessions, (hdr, txn, digest) -> { });
        System.out.println("{\"ms\":" + (System.nanoTime() - start) / 1e6 + ",\"nodes\":" + (tree.getNodeCount() - 1) + ",\"digest\":\"" + tree.getTreeDigest() + "\",\"mismatches\":" + mismatches[0] + "}");
        System.exit(0);
    }
}
