import { expect, it } from "vitest";
import { manifest } from "../../functions/manifest.ts";
import { routesOf } from "../../functions/manifest-row.ts";
import { environmentsNamed } from "../../lib/environments.ts";
import { synthesize } from "./synthesized.ts";

const [dev] = environmentsNamed("dev");
if (!dev) throw new Error("expected an environment dev");
const jwt = {
  issuer: "https://id.example.com/",
  audience: "telemetry",
  jwksUrl: "https://id.example.com/.well-known/jwks.json",
};
const synthesized = synthesize({ ...dev, jwt });

it("tells every function that checks credentials whose tokens are good, and no other, and opens its way there [NFR-008]", () => {
  const functions = synthesized.resources("AWS::Lambda::Function");
  const told = functions.filter(({ Properties }) => Properties.Environment?.Variables?.JWKS_URL);
  const checking = manifest.filter((row) => routesOf(row).some(({ scope }) => scope !== "open"));
  expect(told.map(({ Properties }) => Properties.FunctionName).sort()).toEqual(
    checking.map(({ name }) => `telemetry-dev-${name}`).sort(),
  );
  for (const { Properties } of told) {
    expect(Properties.Environment.Variables).toMatchObject({
      JWT_ISSUER: jwt.issuer,
      JWT_AUDIENCE: jwt.audience,
      JWKS_URL: jwt.jwksUrl,
    });
  }
  const groups = synthesized
    .resources("AWS::EC2::SecurityGroup")
    .filter(({ Properties }) =>
      Properties.SecurityGroupEgress?.some(
        ({ CidrIp, FromPort }: { CidrIp?: string; FromPort?: number }) =>
          CidrIp === "0.0.0.0/0" && FromPort === 443,
      ),
    );
  const open = new Set(groups.map(({ id, stack }) => `${stack} ${id}`));
  for (const { stack, Properties } of told) {
    const [group] = Properties.VpcConfig.SecurityGroupIds;
    expect(open).toContain(`${stack} ${group["Fn::GetAtt"][0]}`);
  }
});
