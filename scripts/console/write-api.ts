import { writeFile } from "node:fs/promises";
import { API_MODULE, generateApi } from "./generate-api.ts";

await writeFile(API_MODULE, generateApi());
