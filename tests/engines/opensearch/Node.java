import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One real OpenSearch node in this process: base folder, HTTP port, transport port. Started as a source file. */
public class Node {
    public static void main(String[] given) throws Exception {
        String base = given[0];
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.setMaxHttpPort(-1); // exactly the port that is asked for
        runner.onBuild((number, settings) -> {
            settings.put("network.host", "127.0.0.1");
            settings.put("http.port", given[1]);
            settings.put("transport.port", given[2]);
            settings.put("discovery.type", "single-node");
            settings.putList("node.roles", "cluster_manager", "data", "ingest");
            // a small heap is full of garbage before it is collected: count what requests hold instead
            settings.put("indices.breaker.total.use_real_memory", "false");
            settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        });
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                runner.close();
            } catch (Exception wrong) {
                wrong.printStackTrace();
            }
            ended.countDown();
        }));
        int before = Integer.parseInt(given[1]) - 1;
        runner.build(OpenSearchRunner.newConfigs().basePath(base).numOfNode(1).clusterName("opshub").baseHttpPort(before));
        ended.await();
    }
}
