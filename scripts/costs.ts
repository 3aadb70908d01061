import { writeFileSync } from "node:fs";
import { costsDocument } from "./costs/document.ts";

// Writes docs/costs.md anew.

writeFileSync(new URL("../docs/costs.md", import.meta.url), costsDocument());
