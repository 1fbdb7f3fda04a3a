package io.viewstream.producer;

import io.viewstream.kafka.ConnectionSettings;
import io.viewstream.kafka.TopicAdministrator;
import io.viewstream.kafka.command.CommandException;
import io.viewstream.producer.internal.RecordSender;
import io.viewstream.schemas.Topic;
import java.util.List;
import java.util.Set;

/**
 * Takes images back: a record with a null value, after which no reader uses the image or its views.
 * An id that was never ingested may be withdrawn too; that changes nothing.
 */
public final class ImageWithdrawal {
  private final ConnectionSettings connection;
  private final boolean allowRetention;

  /**
   * A withdrawal on one cluster.
   *
   * @param allowRetention accept a topic that loses records by age or size
   */
  public ImageWithdrawal(ConnectionSettings connection, boolean allowRetention) {
    this.connection = connection;
    this.allowRetention = allowRetention;
  }

  /**
   * Withdraws images; done when all records are acknowledged.
   *
   * @param imageIds {@code <dataset>/<path>} each
   * @throws CommandException when an id cannot be one, or a record was not delivered
   */
  public void withdraw(List<String> imageIds) {
    for (String imageId : imageIds) {
      int slash = imageId.indexOf('/');
      if (slash < 1 || slash == imageId.length() - 1) {
        throw CommandException.usage(
            "'" + imageId + "' is no image id; those are <dataset>/<path inside it>");
      }
    }
    try (TopicAdministrator topics = new TopicAdministrator(connection)) {
      topics.verify(Set.of(Topic.SOURCE_IMAGES), allowRetention);
    }
    try (RecordSender sender = new RecordSender(connection)) {
      imageIds.forEach(sender::withdraw);
      sender.flush();
    }
  }
}
