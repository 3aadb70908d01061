import type { RabbitMqService } from "./rabbitmq.ts";

/**
 * Makes RabbitMQ write down which quorum queues it has. By itself it does so only half a second to a second after
 * the last one was declared (Ra's names.dets, `auto_save`), and a `kill -9` before that loses a queue with all
 * that was confirmed in it: it is still listed, but never has a leader again. To be called once queues have been
 * declared, before anything counts on them.
 */
export async function persistDeclarations({
  rabbitmqctl,
}: Pick<RabbitMqService, "rabbitmqctl">): Promise<void> {
  await rabbitmqctl(["eval", "[ok = dets:sync(Table) || Table <- dets:all()]."]);
}
