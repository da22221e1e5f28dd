import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.*;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;

/**
 * Random requests, many at a time, over few paths: RandomWorkload CONNECT SERVER_VERSION SEED FIRST_NODES REQUESTS [LOOKS].
 * Half of them fail, as requests of clients that race do. One session with ephemerals stays open when the program ends.
 * LOOKS: how often, at random points, all requests are waited for and the tree is printed as it is read then, each line
 * with the zxid. RandomWorkload CONNECT read prints it once.
 */
public class RandomWorkload {
    static final List<List<ACL>> LISTS = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        if (args[1].equals("read")) {
            print(open(args[0]), "/", 0);
            System.out.flush();
            Runtime.getRuntime().halt(0);
        }
        int minor = Integer.parseInt(args[1].split("\\.")[1]);
        Random random = new Random(Long.parseLong(args[2]));
        for (int i = 0; i < 12; i++) LISTS.add(Arrays.asList(new ACL(31, ZooDefs.Ids.ANYONE_ID_UNSAFE), new ACL(1 + i, new Id("ip", "10.0.0." + i))));
        LISTS.add(ZooDefs.Ids.OPEN_ACL_UNSAFE);
        ZooKeeper zk = open(args[0]);
        byte[] filling = new byte[300];
        int first = Integer.parseInt(args[3]);
        zk.create("/filling", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        for (int i = 0; i < first; i += 500) {
            List<Op> ops = new ArrayList<>();
            for (int j = i; j < Math.min(first, i + 500); j++) {
                ops.add(Op.create("/filling/n-" + j, filling, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT));
            }
            zk.multi(ops);
        }
        zk.create("/r", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        Semaphore open = new Semaphore(200);
        ZooKeeper other = open(args[0]);
        Thread closing = new Thread(() -> {});
        Set<Integer> looks = new HashSet<>();
        if (args.length > 5) {
            zk.create("/mark", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            while (looks.size() < Integer.parseInt(args[5])) looks.add(random.nextInt(Integer.parseInt(args[4])));
        }
        for (int i = 0; i < Integer.parseInt(args[4]); i++) {
            if (looks.contains(i)) {
                open.acquire(200);
                closing.join();
                print(zk, "/", zk.setData("/mark", null, -1).getMzxid());
                open.release(200);
            }
            open.acquire();
            if (i % 400 == 399) {
                // the session goes while its requests are under way
                ZooKeeper old = other;
                other = open(args[0]);
                closing = new Thread(() -> {
                    try {
                        old.close();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                closing.start();
            }
            request(random.nextInt(4) == 0 ? other : zk, random, minor, open);
        }
        open.acquire(200);
        System.out.println("done");
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    /** Everything that a client sees; only the first children of /filling, and nothing that each server keeps for itself. */
    static void print(ZooKeeper zk, String path, long zxid) throws Exception {
        if (path.equals("/zookeeper")) return;
        Stat stat = new Stat();
        byte[] data = zk.getData(path, false, stat);
        StringBuilder acl = new StringBuilder();
        for (ACL one : zk.getACL(path, new Stat())) acl.append(one.getPerms() + ":" + one.getId().getScheme() + ":" + one.getId().getId() + ",");
        List<String> children = new ArrayList<>(zk.getChildren(path, false));
        Collections.sort(children);
        System.out.println(String.join("\t", Long.toString(zxid), path,
            data == null ? "null" : Base64.getEncoder().encodeToString(data), acl.toString(), String.join(",", children),
            stat.getCzxid() + " " + stat.getMzxid() + " " + stat.getPzxid() + " " + stat.getCtime() + " " + stat.getMtime(),
            stat.getVersion() + " " + stat.getCversion() + " " + stat.getAversion(),
            stat.getEphemeralOwner() + " " + stat.getDataLength() + " " + stat.getNumChildren()));
        if (path.equals("/filling")) children = children.subList(0, Math.min(10, children.size()));
        for (String child : children) print(zk, path.equals("/") ? "/" + child : path + "/" + child, zxid);
    }

    static void request(ZooKeeper zk, Random random, int minor, Semaphore open) {
        String path = path(random);
        byte[] data = random.nextInt(10) == 0 ? null : ("value " + random.nextLong()).getBytes(StandardCharsets.UTF_8);
        List<ACL> acl = LISTS.get(random.nextInt(LISTS.size()));
        AsyncCallback.VoidCallback done = (rc, p, ctx) -> open.release();
        AsyncCallback.StringCallback created = (rc, p, ctx, name) -> open.release();
        AsyncCallback.StatCallback changed = (rc, p, ctx, stat) -> open.release();
        switch (random.nextInt(minor >= 5 ? 14 : 11)) {
            case 0: case 1: case 2:
                zk.create(path, data, acl, CreateMode.PERSISTENT, created, null);
                break;
            case 3:
                zk.create(path, data, acl, CreateMode.EPHEMERAL, created, null);
                break;
            case 4: case 5: case 6:
                zk.delete(path, -1, done, null);
                break;
            case 7: case 8:
                zk.setData(path, data, -1, changed, null);
                break;
            case 9:
                zk.setACL(path, acl, -1, changed, null);
                break;
            case 10: {
                List<Op> ops = new ArrayList<>();
                for (int i = random.nextInt(3) + 1; i > 0; i--) {
                    String one = path(random);
                    int kind = random.nextInt(3);
                    ops.add(kind == 0 ? Op.create(one, data, acl, CreateMode.PERSISTENT) : kind == 1 ? Op.delete(one, -1) : Op.setData(one, data, -1));
                }
                zk.multi(ops, (rc, p, ctx, results) -> open.release(), null);
                break;
            }
            case 11:
                zk.create(path, data, acl, CreateMode.CONTAINER, created, null);
                break;
            case 12:
                zk.create(path, data, acl, CreateMode.PERSISTENT, (AsyncCallback.Create2Callback) (rc, p, ctx, name, stat) -> open.release(), null);
                break;
            default:
                zk.create(path, data, acl, CreateMode.PERSISTENT_WITH_TTL, (rc, p, ctx, name, stat) -> open.release(), null, 3600000L);
        }
    }

    static String path(Random random) {
        StringBuilder path = new StringBuilder("/r");
        for (int depth = random.nextInt(3); depth >= 0; depth--) path.append("/").append(random.nextInt(8) == 0 ? "\u00fc" : "n").append(random.nextInt(5));
        return path.toString();
    }

    static ZooKeeper open(String connect) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(connect, 600000, event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) connected.countDown();
        });
        if (!connected.await(30, TimeUnit.SECONDS)) throw new IllegalStateException("no connection to " + connect);
        return client;
    }
}
