import java.io.File;
import org.apache.zookeeper.server.persistence.FileTxnLog;

/** ZooKeeper's own reader in a bare loop over the logs of a folder; prints how many records there are. */
public class ReadLog {
    public static void main(String[] args) throws Exception {
        long records = 0;
        FileTxnLog.FileTxnIterator log = new FileTxnLog.FileTxnIterator(new File(args[0]), 1);
        while (log.getHeader() != null) {
            records++;
            if (!log.next()) break;
        }
        log.close();
        System.out.println(records);
    }
}
