import java.io.*;
import java.lang.reflect.*;
import java.nio.ByteBuffer;
import java.nio.charset.*;
import java.nio.file.*;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.*;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.txn.TxnHeader;

/**
 * What a ZooKeeper release's own classes read in transaction logs. Compiles and runs against every line from 3.4 to 3.9
 * (what differs between them is reached by reflection):
 *
 *   java -cp JARS LogOracle.java dump FILE      a JSON line per record, in the form of "log dump --format jsonl"
 *   java -cp JARS LogOracle.java golden         on stdin lines LOG<tab>TARGET: the same into files
 *   java -cp JARS LogOracle.java summary        file names on stdin, a JSON line per file: how far it reads and how it ends
 *
 * The file is read alone, from a copy in a directory of its own, because the reader goes on with the next log and
 * because releases from 3.9.3 on delete an empty last log.
 */
public class LogOracle {
    public static void main(String[] args) throws Exception {
        System.setProperty("zookeeper.extendedTypesEnabled", "true");
        PrintStream out = new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false, "UTF-8");
        if (args[0].equals("dump")) {
            read(new File(args[1]), out);
        } else {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
            for (String line; (line = in.readLine()) != null; ) {
                String[] files = line.split("\t");
                if (files.length == 1) {
                    out.println(read(new File(files[0]), null));
                } else {
                    PrintStream target = new PrintStream(files[1], "UTF-8");
                    read(new File(files[0]), target);
                    target.close();
                }
                out.flush();
            }
        }
        out.flush();
        System.exit(0);
    }

    /** Prints records to out unless it is null; returns the summary. */
    static String read(File original, PrintStream out) throws Exception {
        Path folder = Files.createTempDirectory("oracle");
        Path copy = folder.resolve("log.1");
        Files.copy(original.toPath(), copy);
        long records = 0;
        String last = "null";
        String end = "eof";
        Throwable problem = null;
        long offset = 16;
        try {
            RandomAccessFile raw = new RandomAccessFile(original, "r");
            FileTxnLog.FileTxnIterator iterator = new FileTxnLog.FileTxnIterator(folder.toFile(), Long.MIN_VALUE + 1);
            try {
                while (iterator.getHeader() != null) {
                    TxnHeader header = iterator.getHeader();
                    raw.seek(offset + 8);
                    int length = raw.readInt();
                    if (out != null) out.println(json(offset, length + 13L, header, iterator));
                    offset += length + 13L;
                    records++;
                    last = "\"" + hex(header.getZxid()) + "\"";
                    if (!iterator.next()) break;
                }
            } finally {
                raw.close();
                iterator.close();
            }
        } catch (Throwable t) {
            problem = t;
            end = "exception";
        }
        Files.deleteIfExists(copy);
        Files.delete(folder);
        if (problem != null && problem instanceof InvocationTargetException) problem = problem.getCause();
        return "{\"records\":" + records + ",\"lastZxid\":" + last + ",\"end\":\"" + end + "\",\"class\":"
            + (problem == null ? "null" : string(problem.getClass().getSimpleName())) + ",\"message\":"
            + (problem == null || problem.getMessage() == null ? "null" : string(problem.getMessage())) + "}";
    }

    static String json(long offset, long bytes, TxnHeader header, Object iterator) throws Exception {
        StringBuilder text = new StringBuilder();
        text.append("{\"offset\":").append(offset).append(",\"bytes\":").append(bytes);
        text.append(",\"zxid\":\"").append(hex(header.getZxid())).append("\",\"time\":").append(time(header.getTime()));
        text.append(",\"session\":\"").append(hex(header.getClientId())).append("\",\"cxid\":").append(header.getCxid());
        body(text, header.getType(), (Record) call(iterator, "getTxn"));
        Object digest = has(iterator, "getDigest") ? call(iterator, "getDigest") : null;
        if (digest != null) {
            text.append(",\"digest\":{\"version\":").append(call(digest, "getVersion"));
            text.append(",\"value\":\"").append(hex((Long) call(digest, "getTreeDigest"))).append("\"}");
        }
        return text.append("}").toString();
    }

    static final Map<Integer, String> TYPES = new HashMap<>();
    static {
        Object[] types = {1, "create", 2, "delete", 5, "setData", 7, "setACL", 13, "check", 14, "multi", 15, "create2",
            16, "reconfig", 19, "createContainer", 20, "deleteContainer", 21, "createTTL", -1, "error", -10, "createSession",
            -11, "closeSession"};
        for (int i = 0; i < types.length; i += 2) TYPES.put((Integer) types[i], (String) types[i + 1]);
    }

    static void body(StringBuilder text, int type, Record txn) throws Exception {
        text.append(",\"type\":\"").append(TYPES.get(type)).append("\"");
        switch (type) {
            case 1: case 15: case 19: case 21:
                path(text, txn);
                text.append(",\"data\":").append(data((byte[]) call(txn, "getData")));
                acl(text, txn);
                text.append(",\"ephemeral\":").append(has(txn, "getEphemeral") ? call(txn, "getEphemeral") : false);
                text.append(",\"parentCversion\":").append(has(txn, "getParentCVersion") ? call(txn, "getParentCVersion") : null);
                if (type == 21) text.append(",\"ttlMs\":").append(call(txn, "getTtl"));
                break;
            case 2: case 20:
                path(text, txn);
                break;
            case 5: case 16:
                path(text, txn);
                text.append(",\"data\":").append(data((byte[]) call(txn, "getData")));
                text.append(",\"version\":").append(call(txn, "getVersion"));
                break;
            case 7:
                path(text, txn);
                acl(text, txn);
                text.append(",\"version\":").append(call(txn, "getVersion"));
                break;
            case 13:
                path(text, txn);
                text.append(",\"version\":").append(call(txn, "getVersion"));
                break;
            case 14:
                multi(text, (List<?>) call(txn, "getTxns"));
                break;
            case -1:
                int code = (Integer) call(txn, "getErr");
                text.append(",\"code\":").append(code).append(",\"name\":").append(errorName(code));
                break;
            case -10:
                text.append(",\"timeoutMs\":").append(call(txn, "getTimeOut"));
                break;
            case -11:
                List<?> paths = txn == null || !has(txn, "getPaths2Delete") ? null : (List<?>) call(txn, "getPaths2Delete");
                text.append(",\"paths\":");
                if (paths == null) {
                    text.append("null");
                } else {
                    String separator = "[";
                    for (Object one : paths) {
                        text.append(separator).append(string((String) one));
                        separator = ",";
                    }
                    text.append(paths.isEmpty() ? "[]" : "]");
                }
                break;
            default:
                throw new IllegalStateException("type " + type);
        }
    }

    static void multi(StringBuilder text, List<?> ops) throws Exception {
        text.append(",\"ops\":[");
        String separator = "";
        for (Object op : ops) {
            int type = (Integer) call(op, "getType");
            byte[] bytes = (byte[]) call(op, "getData");
            StringBuilder one = new StringBuilder();
            if (type == -1 && bytes.length != 4) {
                one.append(",\"type\":\"error\",\"code\":null,\"name\":null,\"body\":\"").append(Base64.getEncoder().encodeToString(bytes)).append("\"");
            } else {
                Record record = (Record) Class.forName("org.apache.zookeeper.txn." + recordClass(type)).getDeclaredConstructor().newInstance();
                record.deserialize(BinaryInputArchive.getArchive(new ByteArrayInputStream(bytes)), "txn");
                body(one, type, record);
            }
            text.append(separator).append("{").append(one.substring(1)).append("}");
            separator = ",";
        }
        text.append("]");
    }

    static String recordClass(int type) {
        switch (type) {
            case 1: case 15: return "CreateTxn";
            case 19: return "CreateContainerTxn";
            case 21: return "CreateTTLTxn";
            case 2: case 20: return "DeleteTxn";
            case 5: return "SetDataTxn";
            case 13: return "CheckVersionTxn";
            case -1: return "ErrorTxn";
            default: throw new IllegalStateException("type " + type + " inside multi");
        }
    }

    static void path(StringBuilder text, Record txn) throws Exception {
        text.append(",\"path\":").append(string((String) call(txn, "getPath")));
    }

    static void acl(StringBuilder text, Record txn) throws Exception {
        List<?> acls = (List<?>) call(txn, "getAcl");
        text.append(",\"acl\":");
        if (acls == null) {
            text.append("null");
            return;
        }
        text.append("[");
        String separator = "";
        for (Object one : acls) {
            Object id = call(one, "getId");
            text.append(separator).append("{\"perms\":").append(perms((Integer) call(one, "getPerms")));
            text.append(",\"scheme\":").append(string((String) call(id, "getScheme")));
            text.append(",\"id\":").append(string((String) call(id, "getId"))).append("}");
            separator = ",";
        }
        text.append("]");
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

    static String time(long ms) {
        if (ms == 0) return "null";
        return "\"" + DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC).format(Instant.ofEpochMilli(ms)) + "\"";
    }

    static String errorName(int code) {
        try {
            return "\"" + org.apache.zookeeper.KeeperException.Code.get(code).name() + "\"";
        } catch (NullPointerException e) {
            return "null";
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
