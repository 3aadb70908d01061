import * as z from "zod";
import { operation } from "../../layers/lambda/operation.ts";

const tag = "API";

export const operations = {
  openApi: operation({
    summary: "This document",
    tag,
    responses: { 200: { description: "OpenAPI 3.1", schema: z.looseObject({ openapi: z.string() }) } },
  }),
  asyncApi: operation({
    summary: "The events on the bus",
    tag,
    responses: { 200: { description: "AsyncAPI 3.0", schema: z.looseObject({ asyncapi: z.string() }) } },
  }),
  docs: operation({
    summary: "This document, to read",
    tag,
    responses: { 200: { description: "A page", contentType: "text/html" } },
  }),
  docsAsset: operation({
    summary: "What the page is made of",
    tag,
    params: z.strictObject({ asset: z.string().min(1).max(64) }),
    responses: {
      200: { description: "A script", contentType: "text/javascript" },
      404: { description: "No such file" },
    },
  }),
};
