import java.io.*;
import java.lang.reflect.*;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.StatPersisted;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.txn.TxnHeader;

/**
 * What a ZooKeeper release's own classes restore from a directory (FileTxnSnapLog.restore). On stdin lines
 * LOGDIR<tab>SNAPDIR<tab>TARGET<tab>LAST: the directories above version-2 (they are changed: give copies), where to write, and the
 * last zxid to replay in hexadecimal (or -). Target, a line each, tab-separated:
 *
 *   node PATH czxid mzxid ctime mtime version cversion aversion owner pzxid ACLID DATALENGTH DATACRC LISTED
 *   child PATH NAME, acl ID LIST, session ID TIMEOUT, dead ID, digest VALUE, size BYTES, zxid LAST, mismatch ZXID, failed MESSAGE REACHED
 *
 * Paths and names in hexadecimal of their UTF-8 bytes.
 */
public class TreeOracle {
    static class Enough extends RuntimeException {
    }

    public static void main(String[] args) throws Exception {
        System.setProperty("zookeeper.extendedTypesEnabled", "true");
        System.setProperty("zookeeper.snapshot.trust.empty", "true");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line; (line = in.readLine()) != null; ) {
            String[] parts = line.split("\t");
            PrintStream out = new PrintStream(new BufferedOutputStream(new FileOutputStream(parts[2]), 1 << 16), false, "UTF-8");
            try {
                restore(new File(parts[0]), new File(parts[1]), parts[3].equals("-") ? Long.MAX_VALUE : Long.parseLong(parts[3], 16), out);
            } catch (Throwable t) {
                out.println("failed\t" + t + "\t" + reached);
            }
            out.close();
            System.out.println(parts[2]);
        }
        System.out.flush();
        System.exit(0);
    }

    /** The highest zxid replayed. */
    static long reached;

    static void restore(File logs, File snapshots, final long last, PrintStream out) throws Exception {
        FileTxnSnapLog files = new FileTxnSnapLog(logs, snapshots);
        final DataTree tree = new DataTree();
        Map<Long, Integer> sessions = new ConcurrentHashMap<Long, Integer>();
        final List<Long> mismatches = new ArrayList<Long>();
        watch(tree, mismatches);
        reached = -1;
        InvocationHandler handler = new InvocationHandler() {
            public Object invoke(Object proxy, Method method, Object[] values) {
                if (method.getName().equals("onTxnLoaded")) {
                    reached = Math.max(reached, ((TxnHeader) values[0]).getZxid());
                    if (reached >= last) throw new Enough();
                }
                return null;
            }
        };
        Class<?> listener = FileTxnSnapLog.PlayBackListener.class;
        try {
            files.restore(tree, sessions, (FileTxnSnapLog.PlayBackListener) Proxy.newProxyInstance(listener.getClassLoader(), new Class<?>[] {listener}, handler));
        } catch (Enough e) {
            // as far as wanted
        }
        for (Map.Entry<String, Object> entry : nodes(tree)) {
            String path = entry.getKey();
            if (path.equals("/")) continue;
            Object node = entry.getValue();
            StatPersisted s = (StatPersisted) get(node, "stat");
            byte[] data = (byte[]) get(node, "data");
            CRC32 crc = new CRC32();
            if (data != null) crc.update(data);
            int slash = path.lastIndexOf('/');
            Object parent = slash < 0 ? null : tree.getNode(path.substring(0, slash));
            boolean listed = slash < 0 || parent != null && children(parent).contains(path.substring(slash + 1));
            out.println("node\t" + hex(path) + "\t" + s.getCzxid() + "\t" + s.getMzxid() + "\t" + s.getCtime() + "\t" + s.getMtime()
                + "\t" + s.getVersion() + "\t" + s.getCversion() + "\t" + s.getAversion() + "\t" + s.getEphemeralOwner() + "\t" + s.getPzxid()
                + "\t" + get(node, "acl") + "\t" + (data == null ? -1 : data.length) + "\t" + crc.getValue() + "\t" + (listed ? 1 : 0));
            for (Object child : children(node)) out.println("child\t" + hex(path) + "\t" + hex((String) child));
        }
        Object cache = get(tree, "aclCache");
        for (Object entry : ((Map<?, ?>) get(cache, "longKeyMap")).entrySet()) {
            StringBuilder list = new StringBuilder();
            for (Object one : (List<?>) ((Map.Entry<?, ?>) entry).getValue()) {
                ACL acl = (ACL) one;
                list.append(acl.getPerms()).append(':').append(hex(acl.getId().getScheme())).append(':').append(hex(acl.getId().getId())).append(',');
            }
            out.println("acl\t" + ((Map.Entry<?, ?>) entry).getKey() + "\t" + list);
        }
        for (Map.Entry<Long, Integer> session : sessions.entrySet()) out.println("session\t" + session.getKey() + "\t" + session.getValue());
        for (Object owner : ((Map<?, ?>) get(tree, "ephemerals")).keySet()) {
            boolean any = !((Set<?>) ((Map<?, ?>) get(tree, "ephemerals")).get(owner)).isEmpty();
            if (any && !sessions.containsKey(owner)) out.println("dead\t" + owner);
        }
        try {
            out.println("digest\t" + tree.getClass().getMethod("getTreeDigest").invoke(tree));
        } catch (NoSuchMethodException e) {
            // before 3.6
        }
        out.println("size\t" + tree.approximateDataSize());
        out.println("zxid\t" + tree.lastProcessedZxid);
        for (Long one : mismatches) out.println("mismatch\t" + one);
    }

    /** 3.6 on: every mismatch is told to a DigestWatcher. */
    static void watch(DataTree tree, final List<Long> mismatches) throws Exception {
        for (Method method : tree.getClass().getMethods()) {
            if (!method.getName().equals("addDigestWatcher")) continue;
            Class<?> type = method.getParameterTypes()[0];
            method.invoke(tree, Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new InvocationHandler() {
                public Object invoke(Object proxy, Method called, Object[] values) {
                    if (called.getName().equals("process")) mismatches.add((Long) values[0]);
                    if (called.getName().equals("hashCode")) return 1;
                    return called.getName().equals("equals") ? (Object) (proxy == values[0]) : null;
                }
            }));
        }
    }

    @SuppressWarnings("unchecked")
    static Set<Map.Entry<String, Object>> nodes(DataTree tree) throws Exception {
        Object nodes = get(tree, "nodes");
        if (nodes instanceof Map) return ((Map<String, Object>) nodes).entrySet();
        Method method = nodes.getClass().getMethod("entrySet");
        method.setAccessible(true);
        return (Set<Map.Entry<String, Object>>) method.invoke(nodes);
    }

    @SuppressWarnings("unchecked")
    static Set<String> children(Object node) throws Exception {
        return (Set<String>) node.getClass().getMethod("getChildren").invoke(node);
    }

    static Object get(Object target, String name) throws Exception {
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Field field = type.getDeclaredField(name);
                field.setAccessible(true);
                return field.get(target);
            } catch (NoSuchFieldException e) {
                // further up
            }
        }
        throw new NoSuchFieldException(name);
    }

    static String hex(String text) throws Exception {
        if (text == null) return "null";
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes("UTF-8")) out.append(String.format("%02x", b));
        return out.toString();
    }
}
