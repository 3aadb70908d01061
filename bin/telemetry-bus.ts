import { App } from "aws-cdk-lib";
import { environmentsNamed } from "../lib/environments.ts";
import { standUp } from "../lib/stand-up.ts";

const app = new App();
for (const settings of environmentsNamed(app.node.tryGetContext("env"))) standUp(app, settings);
