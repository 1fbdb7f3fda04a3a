"""Reads one view by librdkafka, without any code of viewstream, and checks that it is an image.

usage: read_view.py BOOTSTRAP_SERVERS TOPIC SCHEMA_FILE

The value is in Confluent's wire format: a zero byte, the schema's id in four bytes, then Avro's binary encoding.
The schema comes from the file, as the registry gave it; the decoder below knows what the record needs and no more.
"""

import io
import json
import struct
import sys

from confluent_kafka import Consumer, KafkaError, TopicPartition


def read_long(data):
    shift = result = 0
    while True:
        byte = data.read(1)[0]
        result |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return (result >> 1) ^ -(result & 1)


def decode(schema, data, names):
    if isinstance(schema, list):
        return decode(schema[read_long(data)], data, names)
    if isinstance(schema, str) and schema in names:
        return decode(names[schema], data, names)
    kind = schema if isinstance(schema, str) else schema["type"]
    if isinstance(schema, dict) and "name" in schema:
        names[schema["name"]] = schema
        if "namespace" in schema:
            names[schema["namespace"] + "." + schema["name"]] = schema
    if kind == "record":
        return {field["name"]: decode(field["type"], data, names) for field in schema["fields"]}
    if kind == "enum":
        return schema["symbols"][read_long(data)]
    if kind == "fixed":
        return data.read(schema["size"])
    if kind in ("int", "long"):
        return read_long(data)
    if kind == "bytes":
        return data.read(read_long(data))
    if kind == "string":
        return data.read(read_long(data)).decode("utf-8")
    if kind == "null":
        return None
    raise ValueError("this decoder knows no " + str(schema))


def first_record(servers, topic):
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": "read-view-" + topic,
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
        }
    )
    try:
        partitions = consumer.list_topics(topic, timeout=20).topics[topic].partitions
        consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
        for _ in range(30):
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                if message.error().code() == KafkaError._PARTITION_EOF:
                    continue
                raise SystemExit(str(message.error()))
            return message
        raise SystemExit("no committed record in " + topic + " within 30 s")
    finally:
        consumer.close()


def check_image(content, width, height):
    """Lets Pillow decode it where there is one; else looks at the signature and the size in the PNG header."""
    try:
        from PIL import Image
    except ImportError:
        assert content[:8] == b"\x89PNG\r\n\x1a\n", content[:8]
        assert struct.unpack(">II", content[16:24]) == (width, height)
        return "by its header"
    image = Image.open(io.BytesIO(content))
    image.load()
    assert image.size == (width, height), image.size
    return "by Pillow"


def main():
    servers, topic, schema_file = sys.argv[1:]
    with open(schema_file, encoding="utf-8") as file:
        schema = json.load(file)
    message = first_record(servers, topic)
    value = message.value()
    magic, schema_id = struct.unpack(">bI", value[:5])
    assert magic == 0, magic
    data = io.BytesIO(value[5:])
    view = decode(schema, data, {})
    assert data.read() == b"", "bytes after the record"
    assert message.key().decode("utf-8") == view["imageId"]
    how = check_image(view["content"], view["width"], view["height"])
    print(
        json.dumps(
            {
                "imageId": view["imageId"],
                "viewIndex": view["viewIndex"],
                "run": view["run"],
                "encoding": view["encoding"],
                "width": view["width"],
                "height": view["height"],
                "schemaId": schema_id,
                "checked": how,
            }
        )
    )


main()
