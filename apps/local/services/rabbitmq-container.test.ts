import { expect, it } from "vitest";
import { containerArguments } from "./rabbitmq-container.ts";

const settings = {
  folder: "/home/me/.telemetry/rabbitmq",
  ports: { amqp: 20_001, management: 20_002, distribution: 20_003, epmd: 20_004 },
  user: "telemetry",
  password: "a secret",
  management: true,
  logFile: "/home/me/.telemetry/rabbitmq/rabbitmq.log",
  runningFile: "/home/me/.telemetry/rabbitmq/running.json",
};

function values(args: readonly string[], option: string): string[] {
  return args.flatMap((each, at) => (each === option ? (args[at + 1] ?? []) : []));
}

it("publishes a container's ports on loopback only", () => {
  const published = values(containerArguments("bus", settings), "--publish");
  expect(published).toEqual(["127.0.0.1:20001:5672", "127.0.0.1:20002:15672"]);
  expect(values(containerArguments("bus", { ...settings, management: false }), "--publish")).toHaveLength(1);
});

it("keeps the password out of the list of processes", () => {
  expect(containerArguments("bus", settings).join(" ")).not.toContain(settings.password);
});

it("keeps its data in the home", () => {
  const volumes = values(containerArguments("bus", settings), "--volume");
  expect(volumes).toEqual(["/home/me/.telemetry/rabbitmq/container-data:/var/lib/rabbitmq"]);
});
