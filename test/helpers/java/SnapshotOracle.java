import java.io.*;
import java.lang.reflect.*;
import java.nio.ByteBuffer;
import java.nio.charset.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.zookeeper.data.*;
import org.apache.zookeeper.server.DataNode;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.persistence.FileSnap;

/**
 * What a ZooKeeper release's own classes make of snapshots. Compiles and runs against every line from 3.4 to 3.9 (what
 * differs between them is reached by reflection):
 *
 *   java -cp JARS SnapshotOracle.java load         file names on stdin, a JSON line per file: whether it loads, and what
 *   java -cp JARS SnapshotOracle.java nodes FILE   a JSON line per node, sorted by path, in the form of "snapshot dump"
 *
 * Each file is loaded alone, from a copy under its own name in a directory of its own.
 */
public class SnapshotOracle {
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false, "UTF-8");
        if (args[0].equals("nodes")) {
            DataTree tree = new DataTree();
            deserialize(new File(args[1]), tree, new HashMap<Long, Integer>());
            nodes(tree, out);
        } else {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
            for (String line; (line = in.readLine()) != null; ) {
                out.println(load(new File(line)));
                out.flush();
            }
        }
        out.flush();
        System.exit(0);
    }

    static long deserialize(File original, DataTree tree, Map<Long, Integer> sessions) throws IOException {
        Path folder = Files.createTempDirectory("oracle");
        Path copy = folder.resolve(original.getName());
        Files.copy(original.toPath(), copy);
        try {
            return new FileSnap(folder.toFile()).deserialize(tree, sessions);
        } finally {
            Files.deleteIfExists(copy);
            Files.delete(folder);
        }
    }

    static String load(File file) throws Exception {
        DataTree tree = new DataTree();
        Map<Long, Integer> sessions = new ConcurrentHashMap<>();
        String outcome;
        Throwable problem = null;
        long zxid = -1;
        try {
            zxid = deserialize(file, tree, sessions);
            outcome = zxid == -1 ? "skips" : "loads";
        } catch (IOException e) {
            outcome = "fails";
            problem = e;
        } catch (Throwable t) {
            outcome = "refuses";
            problem = t;
        }
        boolean loads = outcome.equals("loads");
        return "{\"outcome\":\"" + outcome + "\",\"zxid\":" + (loads ? "\"0x" + Long.toHexString(zxid) + "\"" : "null")
            + ",\"nodes\":" + (loads ? tree.getNodeCount() - 1 : 0) + ",\"sessions\":" + sessions.size()
            + ",\"digest\":" + (loads && has(tree, "getTreeDigest") ? "\"0x" + Long.toHexString((Long) call(tree, "getTreeDigest")) + "\"" : "null")
            + ",\"message\":" + (problem == null ? "null" : string(String.valueOf(problem))) + "}";
    }

    static void nodes(DataTree tree, PrintStream out) throws Exception {
        TreeMap<String, String> lines = new TreeMap<>();
        walk(tree, "", lines);
        for (String line : lines.values()) out.println(line);
    }

    static void walk(DataTree tree, String path, TreeMap<String, String> lines) throws Exception {
        DataNode node = tree.getNode(path);
        lines.put(path, node(tree, path, node));
        for (String child : node.getChildren()) walk(tree, path + "/" + child, lines);
    }

    static String node(DataTree tree, String path, DataNode node) throws Exception {
        StatPersisted stat = node.stat;
        Field data = DataNode.class.getDeclaredField("data");
        data.setAccessible(true);
        StringBuilder text = new StringBuilder("{\"kind\":\"node\",\"path\":").append(string(path.isEmpty() ? "/" : path));
        text.append(",\"data\":").append(data((byte[]) data.get(node)));
        text.append(",\"acl\":[");
        String separator = "";
        for (ACL acl : tree.getACL(path, new Stat())) {
            text.append(separator).append("{\"perms\":").append(perms(acl.getPerms())).append(",\"scheme\":");
            text.append(string(acl.getId().getScheme())).append(",\"id\":").append(string(acl.getId().getId())).append("}");
            separator = ",";
        }
        text.append("],\"stat\":{\"czxid\":\"").append(hex(stat.getCzxid())).append("\",\"mzxid\":\"").append(hex(stat.getMzxid()));
        text.append("\",\"pzxid\":\"").append(hex(stat.getPzxid())).append("\",\"ctime\":").append(stat.getCtime());
        text.append(",\"mtime\":").append(stat.getMtime()).append(",\"version\":").append(stat.getVersion());
        text.append(",\"cversion\":").append(stat.getCversion()).append(",\"aversion\":").append(stat.getAversion());
        return text.append(",\"ephemeralOwner\":\"").append(hex(stat.getEphemeralOwner())).append("\"}}").toString();
    }

    static String perms(int perms) {
        if ((perms & ~31) != 0) return String.valueOf(perms);
        return "\"" + ((perms & 4) != 0 ? "c" : "") + ((perms & 8) != 0 ? "d" : "") + ((perms & 1) != 0 ? "r" : "")
            + ((perms & 2) != 0 ? "w" : "") + ((perms & 16) != 0 ? "a" : "") + "\"";
    }

    static String data(byte[] data) {
        if (data == null) return "null";
        try {
            String text = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(data)).toString();
            return "{\"encoding\":\"utf8\",\"value\":" + string(text) + "}";
        } catch (CharacterCodingException e) {
            return "{\"encoding\":\"base64\",\"value\":\"" + Base64.getEncoder().encodeToString(data) + "\"}";
        }
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    static String string(String value) {
        if (value == null) return "null";
        StringBuilder text = new StringBuilder("\"");
        for (char c : value.toCharArray()) {
            if (c == '"' || c == '\\') text.append('\\').append(c);
            else if (c < 0x20) text.append(String.format("\\u%04x", (int) c));
            else text.append(c);
        }
        return text.append('"').toString();
    }

    static boolean has(Object object, String method) {
        for (Method one : object.getClass().getMethods()) if (one.getName().equals(method) && one.getParameterCount() == 0) return true;
        return false;
    }

    static Object call(Object object, String method) throws Exception {
        Method found = object.getClass().getMethod(method);
        found.setAccessible(true);
        return found.invoke(object);
    }
}
