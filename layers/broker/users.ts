import type { BrokerUser } from "../topology/broker-users.ts";
import type { Management } from "./management.ts";

// Users of RabbitMQ. A password is looked at when a connection is opened and never again, so that what is changed
// here breaks none that is open.

export interface Credentials {
  username: string;
  password: string;
}

export interface UserOptions {
  management: Management;
  /** The virtual host in which the rights hold. */
  vhost: string;
}

/**
 * Makes the user, or gives it this password and exactly these rights. It has no tag, so the management page and its
 * API are closed to it.
 *
 * Rights come first where the user is there already, and the password last: nobody can log in with a new password
 * and find the former rights.
 */
export async function declareUser(
  { username, password }: Credentials,
  rights: BrokerUser,
  { management, vhost }: UserOptions,
): Promise<void> {
  const { configure, write, read, topics } = rights;
  if (!(await management.exists(["users", username]))) await disableUser(username, { management });
  await management.put(["permissions", vhost, username], { configure, write, read });
  for (const topic of topics) await management.put(["topic-permissions", vhost, username], topic);
  await management.put(["users", username], { password, tags: "" });
}

/** Takes the password away: nobody can open a connection with it any more; those that are open stay. */
export const disableUser = (
  username: string,
  { management }: Pick<UserOptions, "management">,
): Promise<void> => management.put(["users", username], { password_hash: "", tags: "" });
