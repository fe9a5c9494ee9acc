"""What a local broker is told: server.properties, with a reason for each line.

A cluster is KRaft nodes at one address (loopback, if nobody wants another),
each both broker and controller. Clients come by the listener CLIENT; with
--sasl that one demands TLS and a password, and brokers speak to each other by
INTERNAL, in plain.
"""

# Partitions of the broker's own topics: each costs files and start-up time.
OWN_TOPIC_PARTITIONS = 4


LOOPBACK = "127.0.0.1"


def host_of(cluster):
    """The address of all nodes; clusters made before there was a choice."""
    return cluster.get("host", LOOPBACK)


def listeners_of(node, sasl):
    """Returns {listener: port} of a node, as `listeners` wants them."""
    listeners = {"CLIENT": node["port"], "CONTROLLER": node["controller_port"]}
    if sasl:
        listeners["INTERNAL"] = node["internal_port"]
    return listeners


def plain_port_of(node, sasl):
    """The port at which the broker answers without TLS and password."""
    return node["internal_port"] if sasl else node["port"]


def server_properties(cluster, node, directory):
    """The text of server.properties for one of the cluster's nodes.

    `cluster` is what cluster.json holds, `directory` the node's own.
    """
    nodes = cluster["nodes"]
    host = host_of(cluster)
    sasl = cluster.get("sasl")
    listeners = listeners_of(node, sasl)
    voters = ",".join(
        f"{peer['id']}@{host}:{peer['controller_port']}" for peer in nodes
    )
    replicas = min(3, len(nodes))
    addresses = {name: f"{name}://{host}:{port}" for name, port in listeners.items()}
    lines = [
        "# Written by tools/kafka at each start: edit settings.py instead.",
        "process.roles=broker,controller",
        f"node.id={node['id']}",
        f"controller.quorum.voters={voters}",
        "controller.listener.names=CONTROLLER",
        "inter.broker.listener.name=" + ("INTERNAL" if sasl else "CLIENT"),
        "listeners=" + ",".join(addresses.values()),
        "advertised.listeners="
        + ",".join(value for name, value in addresses.items() if name != "CONTROLLER"),
        "listener.security.protocol.map=CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,"
        + ("CLIENT:SASL_SSL" if sasl else "CLIENT:PLAINTEXT"),
        f"log.dirs={directory}/data",
        "# A misspelt topic is an error and not a new topic.",
        "auto.create.topics.enable=false",
        f"default.replication.factor={replicas}",
        "# One of three may be away, and what was acknowledged is on two.",
        f"min.insync.replicas={min(2, replicas)}",
        f"offsets.topic.replication.factor={replicas}",
        f"offsets.topic.num.partitions={OWN_TOPIC_PARTITIONS}",
        f"transaction.state.log.replication.factor={replicas}",
        f"transaction.state.log.min.isr={min(2, replicas)}",
        f"transaction.state.log.num.partitions={OWN_TOPIC_PARTITIONS}",
        "# The first member of a group does not wait for others.",
        "group.initial.rebalance.delay.ms=0",
        "# Tests of members that die do not want to wait six seconds.",
        "group.min.session.timeout.ms=1000",
        "# What a dead producer left open is aborted soon after its timeout.",
        "transaction.abort.timed.out.transaction.cleanup.interval.ms=1000",
        "# A broker that was killed is noticed sooner than after nine seconds.",
        "broker.session.timeout.ms=6000",
        "broker.heartbeat.interval.ms=1000",
        "# Small index files: tests make many partitions.",
        "log.index.size.max.bytes=1048576",
    ]
    if sasl:
        user, password = sasl["user"], sasl["password"]
        lines += [
            "sasl.enabled.mechanisms=PLAIN",
            "listener.name.client.plain.sasl.jaas.config="
            "org.apache.kafka.common.security.plain.PlainLoginModule required "
            f'user_{user}="{password}";',
            "ssl.keystore.type=PEM",
            f"ssl.keystore.location={sasl['directory']}/server.pem",
        ]
    return "\n".join(lines) + "\n"


def client_properties(sasl):
    """What a client of a cluster with --sasl is told, by librdkafka's names."""
    return "\n".join(
        [
            "security.protocol=SASL_SSL",
            "sasl.mechanism=PLAIN",
            f"sasl.username={sasl['user']}",
            f"sasl.password={sasl['password']}",
            f"ssl.ca.location={sasl['directory']}/ca.pem",
            "",
        ]
    )
