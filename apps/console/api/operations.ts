// Written by `npm run console:types` from the API's document. Do not edit.

export type Problem = {
  detail: string;
  errors?: {
    path: string;
    message: string;
  }[];
  request_id: string;
};

/** What each operation takes and answers, by its id in the API's document. */

export interface Operations {
  /** Send one measurement */
  ingestPoint: {
    params: {
      device_id: string;
    };
    query: Record<never, never>;
    body: {
      timestamp: string;
      metric_name: string;
      value: unknown;
      unit?: string | null;
      tags?: Record<string, string> | null;
      metadata?: Record<string, unknown> | null;
    };
    answer: {
      success: boolean;
      message: string;
      device_id: string;
      metric_name: string;
      /** The broker is away: it is kept, and goes there, with the time it was accepted, when the broker is back */
      queued?: "spooled";
    };
  };
  /** Send up to 1,000 measurements of one device */
  ingestBatch: {
    params: {
      device_id: string;
    };
    query: Record<never, never>;
    body: {
      data_points:
        | {
            timestamp: string;
            metric_name: string;
            value: unknown;
            unit?: string | null;
            tags?: Record<string, string> | null;
            metadata?: Record<string, unknown> | null;
          }[]
        | string;
      compression?: "gzip" | "lz4" | null;
      batch_id?: string | null;
    };
    answer: {
      success: boolean;
      ingested_count: number;
      failed_count: number;
      total_count: number;
      errors: {
        /** Where the refused point stands in the request */
        index?: number;
        path: string;
        message: string;
      }[];
      /** The broker is away: it is kept, and goes there, with the time it was accepted, when the broker is back */
      queued?: "spooled";
    };
  };
  /** Send up to 10,000 measurements of many devices */
  ingestBulk: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: Record<
      string,
      {
        timestamp: string;
        metric_name: string;
        value: unknown;
        unit?: string | null;
        tags?: Record<string, string> | null;
        metadata?: Record<string, unknown> | null;
      }[]
    >;
    answer: {
      success: boolean;
      ingested_count: number;
      failed_count: number;
      total_count: number;
      results: Record<
        string,
        {
          success: boolean;
          ingested_count: number;
          failed_count: number;
          total_count: number;
          errors: {
            /** Where the refused point stands in the request */
            index?: number;
            path: string;
            message: string;
          }[];
        }
      >;
      /** The broker is away: it is kept, and goes there, with the time it was accepted, when the broker is back */
      queued?: "spooled";
    };
  };
  /** Send metrics from an OpenTelemetry exporter */
  exportMetrics: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: {
      resourceMetrics?: Record<string, unknown>[];
    };
    answer: {
      partialSuccess?: {
        rejectedDataPoints: string;
        errorMessage: string;
      };
    };
  };
  /** Publish CloudEvents onto the bus */
  ingestEvents: {
    params: Record<never, never>;
    query: Record<never, never>;
    body:
      | {
          specversion: "1.0";
          id: string;
          source: string;
          type: string;
          time?: string;
          correlation_id?: string;
          datacontenttype?: string;
          dataschema?: string;
          subject?: string;
          data?: unknown;
          data_base64?: string;
        }
      | {
          specversion: "1.0";
          id: string;
          source: string;
          type: string;
          time?: string;
          correlation_id?: string;
          datacontenttype?: string;
          dataschema?: string;
          subject?: string;
          data?: unknown;
          data_base64?: string;
        }[];
    answer: {
      success: boolean;
      /** In the order of the request */
      accepted: {
        source: string;
        id: string;
      }[];
      /** The broker is away: it is kept, and goes there, with the time it was accepted, when the broker is back */
      queued?: "spooled";
    };
  };
  /** Search the archive of events */
  searchEvents: {
    params: Record<never, never>;
    query: {
      type?: string;
      source?: string;
      correlation_id?: string;
      start_time?: string;
      end_time?: string;
      limit?: number;
      offset?: number;
    };
    body: undefined;
    answer: {
      events: {
        event: {
          id: string;
          source: string;
          type: string;
          time: string;
        };
        archived_at: string;
      }[];
      count: number;
      limit: number;
      offset: number;
      start_time: string;
      end_time: string;
    };
  };
  /** Send log entries */
  ingestLogs: {
    params: Record<never, never>;
    query: Record<never, never>;
    body:
      | {
          /** RFC 3339, or a Unix time in s, ms, µs or ns; also `time`, `@timestamp`, `ts`. Else now */
          timestamp?: string | number;
          /** Also `service.name`, `app`, `name` */
          service: string;
          /** trace, debug, info, warn, error, fatal in any usual spelling or number; also `severity`. Else info */
          level?: string | number;
          /** Also `msg` */
          message: string;
          correlation_id?: string;
          trace_id?: string;
          span_id?: string;
          host?: string;
          stack?: string;
          /** Entries with one are the same entry */
          "log.record.uid"?: string;
        }
      | {
          /** RFC 3339, or a Unix time in s, ms, µs or ns; also `time`, `@timestamp`, `ts`. Else now */
          timestamp?: string | number;
          /** Also `service.name`, `app`, `name` */
          service: string;
          /** trace, debug, info, warn, error, fatal in any usual spelling or number; also `severity`. Else info */
          level?: string | number;
          /** Also `msg` */
          message: string;
          correlation_id?: string;
          trace_id?: string;
          span_id?: string;
          host?: string;
          stack?: string;
          /** Entries with one are the same entry */
          "log.record.uid"?: string;
        }[];
    answer: {
      success: boolean;
      ingested_count: number;
      failed_count: number;
      total_count: number;
      errors: {
        /** Where the refused entry stands in the request */
        index?: number;
        path: string;
        message: string;
      }[];
      /** The broker is away: it is kept, and goes there, with the time it was accepted, when the broker is back */
      queued?: "spooled";
    };
  };
  /** Search log entries */
  searchLogs: {
    params: Record<never, never>;
    query: {
      q?: string;
      service?: string;
      level?: string;
      min_level?: string;
      correlation_id?: string;
      start_time?: string;
      end_time?: string;
      limit?: number;
      offset?: number;
    };
    body: undefined;
    answer: {
      entries: {
        id: string;
        timestamp: string;
        accepted_at: string;
        service: string;
        level: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
        message: string;
        correlation_id?: string;
        trace_id?: string;
        span_id?: string;
        host?: string;
        stack?: string;
        attributes: Record<string, unknown>;
      }[];
      count: number;
      limit: number;
      offset: number;
      start_time: string;
      end_time: string;
    };
  };
  /** Send logs from an OpenTelemetry exporter, or plain entries */
  exportLogs: {
    params: Record<never, never>;
    query: Record<never, never>;
    body:
      | {
          resourceLogs?: Record<string, unknown>[];
        }
      | {
          /** RFC 3339, or a Unix time in s, ms, µs or ns; also `time`, `@timestamp`, `ts`. Else now */
          timestamp?: string | number;
          /** Also `service.name`, `app`, `name` */
          service: string;
          /** trace, debug, info, warn, error, fatal in any usual spelling or number; also `severity`. Else info */
          level?: string | number;
          /** Also `msg` */
          message: string;
          correlation_id?: string;
          trace_id?: string;
          span_id?: string;
          host?: string;
          stack?: string;
          /** Entries with one are the same entry */
          "log.record.uid"?: string;
        }
      | {
          /** RFC 3339, or a Unix time in s, ms, µs or ns; also `time`, `@timestamp`, `ts`. Else now */
          timestamp?: string | number;
          /** Also `service.name`, `app`, `name` */
          service: string;
          /** trace, debug, info, warn, error, fatal in any usual spelling or number; also `severity`. Else info */
          level?: string | number;
          /** Also `msg` */
          message: string;
          correlation_id?: string;
          trace_id?: string;
          span_id?: string;
          host?: string;
          stack?: string;
          /** Entries with one are the same entry */
          "log.record.uid"?: string;
        }[];
    answer: {
      partialSuccess?: {
        rejectedLogRecords: string;
        errorMessage: string;
      };
    };
  };
  /** Query measurements of many devices and metrics */
  queryPoints: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: {
      /** All devices when left out */
      devices?: string[] | null;
      metrics: string[];
      start_time: string;
      end_time: string;
      aggregation?:
        | "avg"
        | "min"
        | "max"
        | "sum"
        | "count"
        | "median"
        | "p95"
        | "p99"
        | "first"
        | "last"
        | null;
      interval?: number | null;
      filters?: {
        tags?: Record<string, string> | null;
        min?: number | null;
        max?: number | null;
      } | null;
      limit?: number | null;
      cursor?: string | null;
    };
    answer: {
      /** Null when the points are of several devices */
      device_id: string | null;
      /** Null when the points are of several metrics */
      metric_name: string | null;
      data_points: {
        timestamp: string;
        device_id?: string;
        metric_name: string;
        value: unknown;
        unit?: string;
        tags?: Record<string, string>;
        metadata?: Record<string, unknown>;
      }[];
      count: number;
      aggregation:
        | "avg"
        | "min"
        | "max"
        | "sum"
        | "count"
        | "median"
        | "p95"
        | "p99"
        | "first"
        | "last"
        | null;
      interval: number | null;
      start_time: string;
      end_time: string;
      /** There is more: ask again with `cursor` set to `next` */
      truncated: boolean;
      next?: string;
      /** The store approximates this aggregation */
      approximate?: boolean;
    };
  };
  /** The names of a device's metrics */
  listDeviceMetrics: {
    params: {
      device_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: string[];
  };
  /** The newest value of one metric of a device */
  latestPoint: {
    params: {
      device_id: string;
      metric_name: string;
    };
    query: {
      lookback_hours?: number;
    };
    body: undefined;
    answer: {
      device_id: string;
      metric_name: string;
      value: unknown;
      unit: string | null;
      timestamp: string;
      tags: Record<string, string>;
      metadata: Record<string, unknown>;
    };
  };
  /** One metric of a device over a named range that ends now */
  rangeOfPoints: {
    params: {
      device_id: string;
      metric_name: string;
    };
    query: {
      time_range: "1h" | "6h" | "24h" | "7d" | "30d" | "90d";
      aggregation?: "avg" | "min" | "max" | "sum" | "count" | "median" | "p95" | "p99" | "first" | "last";
      interval?: number;
      limit?: number;
      cursor?: string;
    };
    body: undefined;
    answer: {
      /** Null when the points are of several devices */
      device_id: string | null;
      /** Null when the points are of several metrics */
      metric_name: string | null;
      data_points: {
        timestamp: string;
        device_id?: string;
        metric_name: string;
        value: unknown;
        unit?: string;
        tags?: Record<string, string>;
        metadata?: Record<string, unknown>;
      }[];
      count: number;
      aggregation:
        | "avg"
        | "min"
        | "max"
        | "sum"
        | "count"
        | "median"
        | "p95"
        | "p99"
        | "first"
        | "last"
        | null;
      interval: number | null;
      start_time: string;
      end_time: string;
      /** There is more: ask again with `cursor` set to `next` */
      truncated: boolean;
      next?: string;
      /** The store approximates this aggregation */
      approximate?: boolean;
    };
  };
  /** One metric in buckets, of one device or of all together */
  aggregatedPoints: {
    params: Record<never, never>;
    query: {
      metric_name: string;
      aggregation_type: "avg" | "min" | "max" | "sum" | "count" | "median" | "p95" | "p99" | "first" | "last";
      interval: number;
      start_time: string;
      end_time: string;
      device_id?: string;
      limit?: number;
      cursor?: string;
    };
    body: undefined;
    answer: {
      device_id: string | null;
      metric_name: string;
      aggregation_type: "avg" | "min" | "max" | "sum" | "count" | "median" | "p95" | "p99" | "first" | "last";
      interval: number;
      start_time: string;
      end_time: string;
      data_points: {
        timestamp: string;
        value: unknown;
        unit?: string;
      }[];
      count: number;
      truncated: boolean;
      next?: string;
      approximate?: boolean;
    };
  };
  /** Export measurements as CSV */
  exportCsv: {
    params: Record<never, never>;
    query: {
      device_ids: string;
      metric_names: string;
      start_time: string;
      end_time: string;
    };
    body: undefined;
    answer: string;
  };
  /** Every archived event with an id */
  showEvent: {
    params: {
      event_id: string;
    };
    query: {
      source?: string;
    };
    body: undefined;
    answer: {
      events: {
        event: {
          id: string;
          source: string;
          type: string;
          time: string;
        };
        archived_at: string;
      }[];
      count: number;
    };
  };
  /** What led to an event, and what followed from it */
  showChain: {
    params: {
      event_id: string;
    };
    query: {
      source?: string;
      depth?: number;
      limit?: number;
    };
    body: undefined;
    answer: {
      event: {
        source: string;
        id: string;
      };
      events: {
        event: {
          id: string;
          source: string;
          type: string;
          time: string;
        };
        archived_at: string;
        depth: number;
        /** `source#id` */
        parents: string[];
      }[];
      /** Named as a parent, and not in the archive */
      missing: {
        source: string;
        id: string;
        depth: number;
      }[];
      count: number;
      /** There is more than `depth` or `limit` allow */
      truncated: boolean;
    };
  };
  /** How the bus and the API are used */
  reportUsage: {
    params: Record<never, never>;
    query: {
      start_time?: string;
      end_time?: string;
      format?: "json" | "prometheus";
    };
    body: undefined;
    answer: {
      start_time: string;
      end_time: string;
      models: {
        registered: {
          /** Of all time */
          total: number;
          last_24h: number;
          in_range: number;
          /** Of the range */
          per_hour: number;
          /** Of the range */
          by_vendor: Record<string, number>;
          /** Of the range */
          by_tier: Record<string, number>;
        };
      };
      queries: {
        /** Of all time */
        total: number;
        last_24h: number;
        in_range: number;
        /** Of the range */
        per_hour: number;
        /** Of the range */
        by_vendor: Record<string, number>;
        /** Of the range */
        by_tier: Record<string, number>;
        by_endpoint: Record<string, number>;
        by_vendor_and_tier: Record<string, number>;
      };
      latency: {
        count: number;
        average_ms: number | null;
        p50_ms: number | null;
        p95_ms: number | null;
        p99_ms: number | null;
        by_endpoint: Record<
          string,
          {
            count: number;
            average_ms: number | null;
            p50_ms: number | null;
            p95_ms: number | null;
            p99_ms: number | null;
          }
        >;
      };
      errors: {
        count: number;
        /** Errors per call, 0 to 1 */
        rate: number | null;
        by_endpoint: Record<
          string,
          {
            count: number;
            /** Errors per call, 0 to 1 */
            rate: number | null;
          }
        >;
      };
      cache: {
        hits: number;
        misses: number;
        hit_rate: number | null;
        by_endpoint: Record<
          string,
          {
            hits: number;
            misses: number;
            hit_rate: number | null;
          }
        >;
      };
      /** From an event's time to its being counted */
      processing: {
        count: number;
        average_ms: number | null;
        p50_ms: number | null;
        p95_ms: number | null;
        p99_ms: number | null;
      };
      /** Of causal chains: how many were asked for, and how long the archive took */
      chain_lookups: {
        count: number;
        average_ms: number | null;
        p50_ms: number | null;
        p95_ms: number | null;
        p99_ms: number | null;
      };
      events: {
        total: number;
        by_type: Record<string, number>;
      };
      /** The busiest, busiest first */
      peak_hours: {
        hour: string;
        events: number;
      }[];
      /** Events in each hour of the day, in UTC */
      hours_of_day: number[];
    };
  };
  /** Whether the platform works, for load balancers */
  health: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: {
      status: "healthy" | "degraded" | "unhealthy";
      service: string;
      port: number;
      version: string;
    };
  };
  /** What each part of the platform is doing, with each queue's depth and consumers */
  detailedHealth: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: {
      status: "healthy" | "degraded" | "unhealthy";
      service: string;
      port: number;
      version: string;
      components: {
        data_ingestion: {
          status: "healthy" | "degraded" | "unhealthy";
          latency_ms?: number;
          detail?: string;
        };
        time_series_db: {
          status: "healthy" | "degraded" | "unhealthy";
          latency_ms?: number;
          detail?: string;
        };
        registry: {
          status: "healthy" | "degraded" | "unhealthy";
          latency_ms?: number;
          detail?: string;
        };
        broker: {
          status: "healthy" | "degraded" | "unhealthy";
          latency_ms?: number;
          detail?: string;
        };
        spool: {
          status: "healthy" | "degraded" | "unhealthy";
          latency_ms?: number;
          detail?: string;
        };
        alert_engine: {
          status: "healthy" | "degraded" | "unhealthy";
          latency_ms?: number;
          detail?: string;
        };
        real_time_stream: {
          status: "healthy" | "degraded" | "unhealthy";
          latency_ms?: number;
          detail?: string;
        };
      };
      queues: {
        queue: string;
        ready: number;
        consumers: number;
      }[];
      /** Failed for good, and neither replayed nor discarded since */
      dead_letters: number | null;
      /** What was accepted while the broker was away and waits for it; null where that cannot be told */
      spool: {
        messages: number;
        bytes: number;
        oldest_age_seconds: number;
      } | null;
      performance: {
        uptime_seconds: number;
        memory_mb: number;
        /** Over the last hour */
        event_processing_p95_ms: number | null;
      };
    };
  };
  /** Exchanges, queues and bindings, with each queue's depth and consumers right now */
  describeBus: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: {
      exchanges: {
        name: string;
        type: "topic" | "direct" | "fanout";
        /** Where what matches no binding goes */
        alternate: string | null;
      }[];
      queues: {
        name: string;
        kind: "work" | "rung" | "dead" | "stream";
        /** The function that consumes it */
        consumer: string | null;
        /** Messages that wait for delivery */
        ready: number;
        consumers: number;
        /** Messages it holds at most, then the oldest go; null: as many as the broker's disk */
        max_length: number | null;
        /** By how much `ready` changes: negative while the queue empties; null while there is one sample */
        growth_per_second: number | null;
      }[];
      bindings: {
        exchange: string;
        queue: string;
        key: string;
      }[];
      /** How far the two samples lie apart between which `growth_per_second` is */
      growth_over_seconds: number | null;
    };
  };
  /** This document */
  openApi: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: {
      openapi: string;
    };
  };
  /** The events on the bus */
  asyncApi: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: {
      asyncapi: string;
    };
  };
  /** This document, to read */
  docs: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: string;
  };
  /** What the page is made of */
  docsAsset: {
    params: {
      asset: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: string;
  };
  /** Create an API key */
  createKey: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: {
      name: string;
      scopes: ("ingest" | "read" | "operate" | "admin" | "internal")[];
      /** Patterns such as `plant1-*`. Such a key sends and reads what is of these devices, no more */
      devices?: string[] | null;
      /** Patterns such as `model.*`. Such a key sends events of these types */
      types?: string[] | null;
    };
    answer: {
      key_id: string;
      name: string;
      scopes: ("ingest" | "read" | "operate" | "admin" | "internal")[];
      /** Patterns of the devices it is for; null for all */
      devices: string[] | null;
      /** Patterns of the event types it may send; null for all */
      types: string[] | null;
      created_at: string;
      revoked_at: string | null;
      api_key: string;
    };
  };
  /** List API keys, newest first */
  listKeys: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: {
      keys: {
        key_id: string;
        name: string;
        scopes: ("ingest" | "read" | "operate" | "admin" | "internal")[];
        /** Patterns of the devices it is for; null for all */
        devices: string[] | null;
        /** Patterns of the event types it may send; null for all */
        types: string[] | null;
        created_at: string;
        revoked_at: string | null;
      }[];
      count: number;
    };
  };
  /** Revoke an API key */
  revokeKey: {
    params: {
      key_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      success: boolean;
      key_id: string;
    };
  };
  /** Define a metric */
  defineMetric: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: {
      name: string;
      description?: string | null;
      data_type: "numeric" | "string" | "boolean" | "json" | "geolocation" | "binary";
      metric_type?: "gauge" | "counter" | "histogram" | "summary";
      unit?: string | null;
      /** Inclusive; of numeric metrics only */
      min_value?: number | null;
      /** Inclusive; of numeric metrics only */
      max_value?: number | null;
      /** Points are answered until they are so old */
      retention_days?: number;
      /** Seconds */
      aggregation_interval?: number;
      tags?: string[];
      metadata?: Record<string, unknown>;
    };
    answer: {
      metric_id: string;
      name: string;
      description: string | null;
      data_type: "numeric" | "string" | "boolean" | "json" | "geolocation" | "binary";
      metric_type: "gauge" | "counter" | "histogram" | "summary";
      unit: string | null;
      min_value: number | null;
      max_value: number | null;
      retention_days: number;
      aggregation_interval: number;
      tags: string[];
      metadata: Record<string, unknown>;
      created_at: string;
      updated_at: string;
      created_by: string;
    };
  };
  /** List metric definitions by name */
  listDefinitions: {
    params: Record<never, never>;
    query: {
      data_type?: "numeric" | "string" | "boolean" | "json" | "geolocation" | "binary";
      metric_type?: "gauge" | "counter" | "histogram" | "summary";
      limit?: number;
      offset?: number;
    };
    body: undefined;
    answer: {
      metrics: {
        metric_id: string;
        name: string;
        description: string | null;
        data_type: "numeric" | "string" | "boolean" | "json" | "geolocation" | "binary";
        metric_type: "gauge" | "counter" | "histogram" | "summary";
        unit: string | null;
        min_value: number | null;
        max_value: number | null;
        retention_days: number;
        aggregation_interval: number;
        tags: string[];
        metadata: Record<string, unknown>;
        created_at: string;
        updated_at: string;
        created_by: string;
      }[];
      count: number;
      filters: {
        data_type?: "numeric" | "string" | "boolean" | "json" | "geolocation" | "binary";
        metric_type?: "gauge" | "counter" | "histogram" | "summary";
      };
      limit: number;
      offset: number;
    };
  };
  /** Show a metric's definition */
  showDefinition: {
    params: {
      metric_name: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      metric_id: string;
      name: string;
      description: string | null;
      data_type: "numeric" | "string" | "boolean" | "json" | "geolocation" | "binary";
      metric_type: "gauge" | "counter" | "histogram" | "summary";
      unit: string | null;
      min_value: number | null;
      max_value: number | null;
      retention_days: number;
      aggregation_interval: number;
      tags: string[];
      metadata: Record<string, unknown>;
      created_at: string;
      updated_at: string;
      created_by: string;
    };
  };
  /** Delete a metric's definition */
  removeDefinition: {
    params: {
      metric_name: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      success: boolean;
      message: string;
      metric_name: string;
    };
  };
  /** Create an alert rule */
  createRule: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: {
      name: string;
      description?: string | null;
      metric_name: string;
      condition: ">" | "<" | ">=" | "<=" | "==" | "!=";
      threshold_value: number;
      /** All devices where groups are empty, too */
      device_ids?: string[];
      device_groups?: string[];
      /** Seconds within which breaches count */
      evaluation_window?: number;
      /** Breaches that raise an alert */
      trigger_count?: number;
      level?: "info" | "warning" | "error" | "critical" | "emergency";
      /** Names or kinds */
      notification_channels?: string[];
      cooldown_minutes?: number;
      auto_resolve?: boolean;
      /** Seconds without a breach */
      auto_resolve_timeout?: number;
      /** Hysteresis: an alert is held until values are past this */
      recovery_threshold?: number | null;
      /** Alert if a device falls silent */
      no_data_seconds?: number | null;
      enabled?: boolean;
      tags?: string[];
      metadata?: Record<string, unknown>;
    };
    answer: {
      rule_id: string;
      name: string;
      description: string | null;
      metric_name: string;
      condition: ">" | "<" | ">=" | "<=" | "==" | "!=";
      threshold_value: number;
      device_ids: string[];
      device_groups: string[];
      evaluation_window: number;
      trigger_count: number;
      level: "info" | "warning" | "error" | "critical" | "emergency";
      notification_channels: string[];
      cooldown_minutes: number;
      auto_resolve: boolean;
      auto_resolve_timeout: number;
      recovery_threshold: number | null;
      no_data_seconds: number | null;
      enabled: boolean;
      tags: string[];
      metadata: Record<string, unknown>;
      created_at: string;
      updated_at: string;
      created_by: string;
      total_triggers: number;
      last_triggered: string | null;
    };
  };
  /** List alert rules */
  listRules: {
    params: Record<never, never>;
    query: {
      enabled?: "true" | "false";
      level?: "info" | "warning" | "error" | "critical" | "emergency";
      metric_name?: string;
      limit?: number;
      offset?: number;
    };
    body: undefined;
    answer: {
      rules: {
        rule_id: string;
        name: string;
        description: string | null;
        metric_name: string;
        condition: ">" | "<" | ">=" | "<=" | "==" | "!=";
        threshold_value: number;
        device_ids: string[];
        device_groups: string[];
        evaluation_window: number;
        trigger_count: number;
        level: "info" | "warning" | "error" | "critical" | "emergency";
        notification_channels: string[];
        cooldown_minutes: number;
        auto_resolve: boolean;
        auto_resolve_timeout: number;
        recovery_threshold: number | null;
        no_data_seconds: number | null;
        enabled: boolean;
        tags: string[];
        metadata: Record<string, unknown>;
        created_at: string;
        updated_at: string;
        created_by: string;
        total_triggers: number;
        last_triggered: string | null;
      }[];
      /** Of all that the filters let through */
      count: number;
      filters: Record<string, unknown>;
      limit: number;
      offset: number;
    };
  };
  /** When a rule would have raised alerts over a past range */
  previewRule: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: {
      /** A rule that need not exist */
      rule?: {
        name: string;
        description?: string | null;
        metric_name: string;
        condition: ">" | "<" | ">=" | "<=" | "==" | "!=";
        threshold_value: number;
        /** All devices where groups are empty, too */
        device_ids?: string[];
        device_groups?: string[];
        /** Seconds within which breaches count */
        evaluation_window?: number;
        /** Breaches that raise an alert */
        trigger_count?: number;
        level?: "info" | "warning" | "error" | "critical" | "emergency";
        /** Names or kinds */
        notification_channels?: string[];
        cooldown_minutes?: number;
        auto_resolve?: boolean;
        /** Seconds without a breach */
        auto_resolve_timeout?: number;
        /** Hysteresis: an alert is held until values are past this */
        recovery_threshold?: number | null;
        /** Alert if a device falls silent */
        no_data_seconds?: number | null;
        enabled?: boolean;
        tags?: string[];
        metadata?: Record<string, unknown>;
      };
      /** One that does */
      rule_id?: string;
      start_time: string;
      end_time: string;
    };
    answer: {
      alerts: {
        device_id: string;
        kind: "threshold" | "no_data";
        triggered_at: string;
        resolved_at: string | null;
        breaches: number;
        current_value: number | null;
      }[];
      count: number;
      devices_evaluated: number;
      points_evaluated: number;
      /** There were more points, or more than 1,000 alerts */
      truncated: boolean;
      evaluated_until: string;
    };
  };
  /** One alert rule, and how often it was triggered */
  showRule: {
    params: {
      rule_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      rule_id: string;
      name: string;
      description: string | null;
      metric_name: string;
      condition: ">" | "<" | ">=" | "<=" | "==" | "!=";
      threshold_value: number;
      device_ids: string[];
      device_groups: string[];
      evaluation_window: number;
      trigger_count: number;
      level: "info" | "warning" | "error" | "critical" | "emergency";
      notification_channels: string[];
      cooldown_minutes: number;
      auto_resolve: boolean;
      auto_resolve_timeout: number;
      recovery_threshold: number | null;
      no_data_seconds: number | null;
      enabled: boolean;
      tags: string[];
      metadata: Record<string, unknown>;
      created_at: string;
      updated_at: string;
      created_by: string;
      total_triggers: number;
      last_triggered: string | null;
    };
  };
  /** Change an alert rule */
  replaceRule: {
    params: {
      rule_id: string;
    };
    query: Record<never, never>;
    body: {
      name: string;
      description?: string | null;
      metric_name: string;
      condition: ">" | "<" | ">=" | "<=" | "==" | "!=";
      threshold_value: number;
      /** All devices where groups are empty, too */
      device_ids?: string[];
      device_groups?: string[];
      /** Seconds within which breaches count */
      evaluation_window?: number;
      /** Breaches that raise an alert */
      trigger_count?: number;
      level?: "info" | "warning" | "error" | "critical" | "emergency";
      /** Names or kinds */
      notification_channels?: string[];
      cooldown_minutes?: number;
      auto_resolve?: boolean;
      /** Seconds without a breach */
      auto_resolve_timeout?: number;
      /** Hysteresis: an alert is held until values are past this */
      recovery_threshold?: number | null;
      /** Alert if a device falls silent */
      no_data_seconds?: number | null;
      enabled?: boolean;
      tags?: string[];
      metadata?: Record<string, unknown>;
    };
    answer: {
      rule_id: string;
      name: string;
      description: string | null;
      metric_name: string;
      condition: ">" | "<" | ">=" | "<=" | "==" | "!=";
      threshold_value: number;
      device_ids: string[];
      device_groups: string[];
      evaluation_window: number;
      trigger_count: number;
      level: "info" | "warning" | "error" | "critical" | "emergency";
      notification_channels: string[];
      cooldown_minutes: number;
      auto_resolve: boolean;
      auto_resolve_timeout: number;
      recovery_threshold: number | null;
      no_data_seconds: number | null;
      enabled: boolean;
      tags: string[];
      metadata: Record<string, unknown>;
      created_at: string;
      updated_at: string;
      created_by: string;
      total_triggers: number;
      last_triggered: string | null;
    };
  };
  /** Delete an alert rule; its open alerts are resolved */
  removeRule: {
    params: {
      rule_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      success: boolean;
      message: string;
      rule_id: string;
    };
  };
  /** Turn an alert rule on or off */
  enableRule: {
    params: {
      rule_id: string;
    };
    query: Record<never, never>;
    body: {
      enabled: boolean;
    };
    answer: {
      success: boolean;
      message: string;
      rule_id: string;
      enabled: boolean;
    };
  };
  /** List alerts, the one triggered last first */
  listAlerts: {
    params: Record<never, never>;
    query: {
      status?: "active" | "acknowledged" | "resolved";
      level?: "info" | "warning" | "error" | "critical" | "emergency";
      device_id?: string;
      rule_id?: string;
      start_time?: string;
      end_time?: string;
      limit?: number;
      offset?: number;
    };
    body: undefined;
    answer: {
      alerts: {
        alert_id: string;
        rule_id: string;
        rule_name: string;
        device_id: string;
        metric_name: string;
        level: "info" | "warning" | "error" | "critical" | "emergency";
        kind: "threshold" | "no_data";
        status: "active" | "acknowledged" | "resolved";
        message: string;
        condition: ">" | "<" | ">=" | "<=" | "==" | "!=";
        threshold_value: number;
        current_value: number | null;
        breaches: number;
        triggered_at: string;
        last_breach_at: string;
        /** It was raised during a silence: nobody was told */
        silenced: boolean;
        acknowledged_by: string | null;
        acknowledged_at: string | null;
        acknowledgement_note: string | null;
        /** `auto` where nobody did */
        resolved_by: string | null;
        resolved_at: string | null;
        resolution_note: string | null;
      }[];
      /** Of all that the filters let through */
      count: number;
      /** Of those, the ones that are not resolved */
      active_count: number;
      /** Of those, the critical and worse */
      critical_count: number;
      filters: Record<string, unknown>;
      limit: number;
      offset: number;
    };
  };
  /** One alert */
  showAlert: {
    params: {
      alert_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      alert_id: string;
      rule_id: string;
      rule_name: string;
      device_id: string;
      metric_name: string;
      level: "info" | "warning" | "error" | "critical" | "emergency";
      kind: "threshold" | "no_data";
      status: "active" | "acknowledged" | "resolved";
      message: string;
      condition: ">" | "<" | ">=" | "<=" | "==" | "!=";
      threshold_value: number;
      current_value: number | null;
      breaches: number;
      triggered_at: string;
      last_breach_at: string;
      /** It was raised during a silence: nobody was told */
      silenced: boolean;
      acknowledged_by: string | null;
      acknowledged_at: string | null;
      acknowledgement_note: string | null;
      /** `auto` where nobody did */
      resolved_by: string | null;
      resolved_at: string | null;
      resolution_note: string | null;
    };
  };
  /** Say that somebody has taken on an alert */
  acknowledgeAlert: {
    params: {
      alert_id: string;
    };
    query: Record<never, never>;
    body: {
      note?: string | null;
    };
    answer: {
      success: boolean;
      message: string;
      alert: {
        alert_id: string;
        rule_id: string;
        rule_name: string;
        device_id: string;
        metric_name: string;
        level: "info" | "warning" | "error" | "critical" | "emergency";
        kind: "threshold" | "no_data";
        status: "active" | "acknowledged" | "resolved";
        message: string;
        condition: ">" | "<" | ">=" | "<=" | "==" | "!=";
        threshold_value: number;
        current_value: number | null;
        breaches: number;
        triggered_at: string;
        last_breach_at: string;
        /** It was raised during a silence: nobody was told */
        silenced: boolean;
        acknowledged_by: string | null;
        acknowledged_at: string | null;
        acknowledgement_note: string | null;
        /** `auto` where nobody did */
        resolved_by: string | null;
        resolved_at: string | null;
        resolution_note: string | null;
      };
    };
  };
  /** Say that an alert is over */
  resolveAlert: {
    params: {
      alert_id: string;
    };
    query: Record<never, never>;
    body: {
      note?: string | null;
    };
    answer: {
      success: boolean;
      message: string;
      alert: {
        alert_id: string;
        rule_id: string;
        rule_name: string;
        device_id: string;
        metric_name: string;
        level: "info" | "warning" | "error" | "critical" | "emergency";
        kind: "threshold" | "no_data";
        status: "active" | "acknowledged" | "resolved";
        message: string;
        condition: ">" | "<" | ">=" | "<=" | "==" | "!=";
        threshold_value: number;
        current_value: number | null;
        breaches: number;
        triggered_at: string;
        last_breach_at: string;
        /** It was raised during a silence: nobody was told */
        silenced: boolean;
        acknowledged_by: string | null;
        acknowledged_at: string | null;
        acknowledgement_note: string | null;
        /** `auto` where nobody did */
        resolved_by: string | null;
        resolved_at: string | null;
        resolution_note: string | null;
      };
    };
  };
  /** Silence alerts for a while */
  createSilence: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: {
      rule_ids?: string[];
      device_ids?: string[];
      levels?: ("info" | "warning" | "error" | "critical" | "emergency")[];
      /** Now, where it is left out */
      starts_at?: string;
      ends_at: string;
      reason: string;
    };
    answer: {
      silence_id: string;
      rule_ids: string[];
      device_ids: string[];
      levels: ("info" | "warning" | "error" | "critical" | "emergency")[];
      starts_at: string;
      ends_at: string;
      reason: string;
      created_at: string;
      created_by: string;
    };
  };
  /** List silences that last, or are to come */
  listSilences: {
    params: Record<never, never>;
    query: {
      limit?: number;
      offset?: number;
    };
    body: undefined;
    answer: {
      silences: {
        silence_id: string;
        rule_ids: string[];
        device_ids: string[];
        levels: ("info" | "warning" | "error" | "critical" | "emergency")[];
        starts_at: string;
        ends_at: string;
        reason: string;
        created_at: string;
        created_by: string;
      }[];
      count: number;
      limit: number;
      offset: number;
    };
  };
  /** End a silence */
  removeSilence: {
    params: {
      silence_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      success: boolean;
      silence_id: string;
    };
  };
  /** List the devices that were registered or have reported */
  listDevices: {
    params: Record<never, never>;
    query: {
      search?: string;
      device_type?: string;
      group?: string;
      limit?: number;
      offset?: number;
    };
    body: undefined;
    answer: {
      devices: {
        device_id: string;
        name: string | null;
        device_type: string | null;
        groups: string[];
        /** Null if it was registered and never reported */
        first_seen: string | null;
        /** Exact to a minute */
        last_seen: string | null;
      }[];
      /** Of all that the filters let through */
      count: number;
      limit: number;
      offset: number;
    };
  };
  /** One device */
  showDevice: {
    params: {
      device_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      device_id: string;
      name: string | null;
      device_type: string | null;
      groups: string[];
      /** Null if it was registered and never reported */
      first_seen: string | null;
      /** Exact to a minute */
      last_seen: string | null;
    };
  };
  /** How much there is of a device */
  deviceStatistics: {
    params: {
      device_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      device_id: string;
      total_metrics: number;
      /** Of them, those with points in the last 24 hours */
      active_metrics: number;
      data_points_count: number;
      /** The time of the newest point */
      last_update: string | null;
      /** Bytes, estimated: 200 for each point */
      storage_size: number;
      /** Points per minute, over the last 24 hours */
      avg_frequency: number;
      /** The hour that is and the 23 before */
      last_24h_points: number;
      /** The hour that is and the 23 before */
      last_24h_alerts: number;
      /** By their definitions; metrics that nobody defined are gauges */
      metrics_by_type: {
        gauge: number;
        counter: number;
        histogram: number;
        summary: number;
      };
      /** The ten with the most points */
      top_metrics: {
        name: string;
        points: number;
      }[];
    };
  };
  /** How much there is of all devices */
  totalStatistics: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: {
      total_devices: number;
      /** Of them, those that reported in the last 24 hours */
      active_devices: number;
      /** Names of metrics that were ever reported */
      total_metrics: number;
      total_data_points: number;
      /** Stored, over the last minute */
      points_per_second: number;
      /** Milliseconds, of the API's calls of the last 24 hours */
      avg_latency: number;
      /** 0 to 1, of the API's calls of the last 24 hours */
      error_rate: number;
      /** The hour that is and the 23 before */
      last_24h_points: number;
      /** The hour that is and the 23 before */
      last_24h_alerts: number;
      /** As they were registered; `unknown` where no type was said */
      devices_by_type: Record<string, number>;
      /** By their definitions; metrics that nobody defined are gauges */
      metrics_by_type: {
        gauge: number;
        counter: number;
        histogram: number;
        summary: number;
      };
      /** The hour that is and the 23 before, by the points' own times */
      data_by_hour: {
        hour: string;
        points: number;
      }[];
    };
  };
  /** Subscribe to measurements as they come */
  subscribe: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: {
      device_ids?: string[];
      metric_names?: string[];
      tags?: Record<string, string>;
      max_frequency?: number;
    };
    answer: {
      subscription_id: string;
      message: string;
      websocket_url: string;
    };
  };
  /** Cancel a subscription */
  unsubscribe: {
    params: {
      subscription_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      success: boolean;
      subscription_id: string;
      message: string;
    };
  };
  /** Get another ticket for a subscription */
  createTicket: {
    params: {
      subscription_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      subscription_id: string;
      message: string;
      websocket_url: string;
    };
  };
  /** List what failed for good, the last death first */
  listDeadLetters: {
    params: Record<never, never>;
    query: {
      queue?: string;
      type?: string;
      source?: string;
      error_type?: string;
      error_code?: string;
      correlation_id?: string;
      start_time?: string;
      end_time?: string;
      state?: "dead" | "replayed" | "discarded";
      limit?: number;
      offset?: number;
    };
    body: undefined;
    answer: {
      dead_letters: {
        id: string;
        state: "dead" | "replayed" | "discarded";
        /** The one it failed in */
        queue: string;
        type: string | null;
        source: string | null;
        event_id: string | null;
        correlation_id: string | null;
        error: {
          type: string;
          code: string;
          message: string;
        };
        attempt_count: number;
        first_died_at: string;
        last_died_at: string;
        /** How often it was replayed */
        replays: number;
        replayed_at: string | null;
        discarded_at: string | null;
        note: string | null;
      }[];
      count: number;
      limit: number;
      offset: number;
    };
  };
  /** Send dead letters back to the queue they failed in, and to no other */
  replayDeadLetters: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: {
      ids?: string[];
      filter?: {
        /** The one it failed in */
        queue?: string;
        type?: string;
        source?: string;
        error_type?: string;
        error_code?: string;
        correlation_id?: string;
        /** Of the last death */
        start_time?: string;
        /** Of the last death, exclusive */
        end_time?: string;
      };
      all?: true;
      /** Only say what would go where */
      dry_run?: boolean;
      /** Replays in this call at most */
      limit?: number;
      /** What died or was replayed since is left out. To go on with a replay, give what its first call answered. Now by default */
      as_of?: string;
    };
    answer: {
      dry_run: boolean;
      /** Give this to go on */
      as_of: string;
      replayed: number;
      /** Of those asked for, still to be replayed */
      remaining: number;
      /** What remains, by the queue that it would go to and its type */
      groups: {
        queue: string;
        type: string | null;
        count: number;
      }[];
      /** What stays dead because its queue no longer exists */
      refused: {
        queue: string;
        type: string | null;
        count: number;
      }[];
      /** How many of the ids are not dead: unknown, replayed or discarded */
      not_dead: number;
    };
  };
  /** Show a dead letter: its event, every attempt, the error with its stack */
  showDeadLetter: {
    params: {
      dead_letter_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      id: string;
      state: "dead" | "replayed" | "discarded";
      /** The one it failed in */
      queue: string;
      type: string | null;
      source: string | null;
      event_id: string | null;
      correlation_id: string | null;
      error: {
        type: string;
        code: string;
        message: string;
        stack: string;
      };
      attempt_count: number;
      first_died_at: string;
      last_died_at: string;
      /** How often it was replayed */
      replays: number;
      replayed_at: string | null;
      discarded_at: string | null;
      note: string | null;
      attempts: {
        at: string;
        error: string;
        message: string;
      }[];
      message_id: string | null;
      /** The event; null where the body is none */
      event: unknown;
      /** The message's body, exactly; null above 2 MB */
      body_base64: string | null;
      body_bytes: number;
    };
  };
  /** Set a dead letter aside, with a note */
  discardDeadLetter: {
    params: {
      dead_letter_id: string;
    };
    query: {
      note: string;
    };
    body: undefined;
    answer: {
      success: boolean;
      id: string;
    };
  };
  /** Read the audit: every event of a model, in a chain of hashes */
  listAudit: {
    params: Record<never, never>;
    query: {
      type?: string;
      source?: string;
      correlation_id?: string;
      start_time?: string;
      end_time?: string;
      order?: "oldest" | "newest";
      after?: number;
      limit?: number;
    };
    body: undefined;
    answer: {
      entries: {
        /** From 1, without gaps */
        position: number;
        recorded_at: string;
        source: string;
        id: string;
        type: string;
        /** The event's own */
        time: string;
        correlation_id: string;
        userid: string | null;
        /** The whole event, as it is in the audit */
        event: Record<string, unknown>;
        /** SHA-256, 64 hexadecimal digits */
        previous_hash: string;
        /** SHA-256 over the RFC 8785 form of all the other fields */
        hash: string;
      }[];
      /** `after` of the next page; null on the last */
      next: number | null;
      head: {
        position: number;
        /** SHA-256, 64 hexadecimal digits */
        hash: string;
        recorded_at: string;
      } | null;
    };
  };
  /** List the heads of the audit that were sealed outside the database */
  listAuditHeads: {
    params: Record<never, never>;
    query: {
      after?: number;
      limit?: number;
    };
    body: undefined;
    answer: {
      heads: {
        position: number;
        /** SHA-256, 64 hexadecimal digits */
        hash: string;
        recorded_at: string;
        sealed_at: string;
      }[];
      /** `after` of the next page; null on the last */
      next: number | null;
    };
  };
  /** List notification channels by name */
  listChannels: {
    params: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: {
      channels: {
        name: string;
        kind: "slack" | "pagerduty" | "email" | "webhook";
        address: string;
        events: string[];
        minimum_severity: "info" | "warning" | "error" | "critical" | "emergency";
        max_per_minute: number;
        enabled: boolean;
        created_at: string;
        updated_at: string;
      }[];
      count: number;
    };
  };
  /** Create a notification channel */
  createChannel: {
    params: Record<never, never>;
    query: Record<never, never>;
    body:
      | {
          name: string;
          kind: "slack";
          url: string;
          events?: string[];
          minimum_severity?: "info" | "warning" | "error" | "critical" | "emergency";
          max_per_minute?: number;
          enabled?: boolean;
        }
      | {
          name: string;
          kind: "pagerduty";
          region?: "us" | "eu";
          routing_key: string;
          events?: string[];
          minimum_severity?: "info" | "warning" | "error" | "critical" | "emergency";
          max_per_minute?: number;
          enabled?: boolean;
        }
      | {
          name: string;
          kind: "email";
          to: string[];
          events?: string[];
          minimum_severity?: "info" | "warning" | "error" | "critical" | "emergency";
          max_per_minute?: number;
          enabled?: boolean;
        }
      | {
          name: string;
          kind: "webhook";
          url: string;
          secret?: string;
          events?: string[];
          minimum_severity?: "info" | "warning" | "error" | "critical" | "emergency";
          max_per_minute?: number;
          enabled?: boolean;
        };
    answer: {
      name: string;
      kind: "slack" | "pagerduty" | "email" | "webhook";
      address: string;
      events: string[];
      minimum_severity: "info" | "warning" | "error" | "critical" | "emergency";
      max_per_minute: number;
      enabled: boolean;
      created_at: string;
      updated_at: string;
      secret?: string;
    };
  };
  /** Change a notification channel */
  replaceChannel: {
    params: {
      name: string;
    };
    query: Record<never, never>;
    body:
      | {
          kind: "slack";
          url?: string;
          events?: string[];
          minimum_severity?: "info" | "warning" | "error" | "critical" | "emergency";
          max_per_minute?: number;
          enabled?: boolean;
        }
      | {
          kind: "pagerduty";
          region?: "us" | "eu";
          routing_key?: string;
          events?: string[];
          minimum_severity?: "info" | "warning" | "error" | "critical" | "emergency";
          max_per_minute?: number;
          enabled?: boolean;
        }
      | {
          kind: "email";
          to: string[];
          events?: string[];
          minimum_severity?: "info" | "warning" | "error" | "critical" | "emergency";
          max_per_minute?: number;
          enabled?: boolean;
        }
      | {
          kind: "webhook";
          url?: string;
          secret?: string;
          events?: string[];
          minimum_severity?: "info" | "warning" | "error" | "critical" | "emergency";
          max_per_minute?: number;
          enabled?: boolean;
        };
    answer: {
      name: string;
      kind: "slack" | "pagerduty" | "email" | "webhook";
      address: string;
      events: string[];
      minimum_severity: "info" | "warning" | "error" | "critical" | "emergency";
      max_per_minute: number;
      enabled: boolean;
      created_at: string;
      updated_at: string;
    };
  };
  /** Remove a notification channel */
  removeChannel: {
    params: {
      name: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      success: boolean;
      name: string;
    };
  };
  /** Send a test notification */
  testChannel: {
    params: {
      name: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: {
      delivered: boolean;
      may_pass_later: boolean;
      detail: string;
    };
  };
  /** List what a channel was sent, newest first */
  listDeliveries: {
    params: {
      name: string;
    };
    query: {
      state?: "pending" | "sent" | "failed" | "held_back" | "superseded";
      limit?: number;
      offset?: number;
    };
    body: undefined;
    answer: {
      deliveries: {
        id: string;
        state: "pending" | "sent" | "failed" | "held_back" | "superseded";
        detail: string | null;
        attempts: number;
        form: string;
        action: string;
        severity: "info" | "warning" | "error" | "critical" | "emergency";
        title: string;
        type: string;
        source: string;
        event_id: string;
        count: number;
        recorded_at: string;
        settled_at: string | null;
        next_at: string | null;
      }[];
      count: number;
      limit: number;
      offset: number;
    };
  };
}

export const routes = {
  ingestPoint: ["POST", "/api/v1/telemetry/devices/{device_id}/telemetry"],
  ingestBatch: ["POST", "/api/v1/telemetry/devices/{device_id}/telemetry/batch"],
  ingestBulk: ["POST", "/api/v1/telemetry/bulk"],
  exportMetrics: ["POST", "/v1/metrics"],
  ingestEvents: ["POST", "/api/v1/events"],
  searchEvents: ["GET", "/api/v1/events"],
  ingestLogs: ["POST", "/api/v1/logs"],
  searchLogs: ["GET", "/api/v1/logs"],
  exportLogs: ["POST", "/v1/logs"],
  queryPoints: ["POST", "/api/v1/telemetry/query"],
  listDeviceMetrics: ["GET", "/api/v1/telemetry/devices/{device_id}/metrics"],
  latestPoint: ["GET", "/api/v1/telemetry/devices/{device_id}/metrics/{metric_name}/latest"],
  rangeOfPoints: ["GET", "/api/v1/telemetry/devices/{device_id}/metrics/{metric_name}/range"],
  aggregatedPoints: ["GET", "/api/v1/telemetry/aggregated"],
  exportCsv: ["GET", "/api/v1/telemetry/export/csv"],
  showEvent: ["GET", "/api/v1/events/{event_id}"],
  showChain: ["GET", "/api/v1/events/{event_id}/chain"],
  reportUsage: ["GET", "/metrics"],
  health: ["GET", "/health"],
  detailedHealth: ["GET", "/health/detailed"],
  describeBus: ["GET", "/api/v1/bus"],
  openApi: ["GET", "/openapi.json"],
  asyncApi: ["GET", "/asyncapi.json"],
  docs: ["GET", "/docs"],
  docsAsset: ["GET", "/docs/{asset}"],
  createKey: ["POST", "/api/v1/keys"],
  listKeys: ["GET", "/api/v1/keys"],
  revokeKey: ["DELETE", "/api/v1/keys/{key_id}"],
  defineMetric: ["POST", "/api/v1/telemetry/metrics"],
  listDefinitions: ["GET", "/api/v1/telemetry/metrics"],
  showDefinition: ["GET", "/api/v1/telemetry/metrics/{metric_name}"],
  removeDefinition: ["DELETE", "/api/v1/telemetry/metrics/{metric_name}"],
  createRule: ["POST", "/api/v1/telemetry/alerts/rules"],
  listRules: ["GET", "/api/v1/telemetry/alerts/rules"],
  previewRule: ["POST", "/api/v1/telemetry/alerts/rules/preview"],
  showRule: ["GET", "/api/v1/telemetry/alerts/rules/{rule_id}"],
  replaceRule: ["PUT", "/api/v1/telemetry/alerts/rules/{rule_id}"],
  removeRule: ["DELETE", "/api/v1/telemetry/alerts/rules/{rule_id}"],
  enableRule: ["PUT", "/api/v1/telemetry/alerts/rules/{rule_id}/enable"],
  listAlerts: ["GET", "/api/v1/telemetry/alerts"],
  showAlert: ["GET", "/api/v1/telemetry/alerts/{alert_id}"],
  acknowledgeAlert: ["PUT", "/api/v1/telemetry/alerts/{alert_id}/acknowledge"],
  resolveAlert: ["PUT", "/api/v1/telemetry/alerts/{alert_id}/resolve"],
  createSilence: ["POST", "/api/v1/telemetry/alerts/silences"],
  listSilences: ["GET", "/api/v1/telemetry/alerts/silences"],
  removeSilence: ["DELETE", "/api/v1/telemetry/alerts/silences/{silence_id}"],
  listDevices: ["GET", "/api/v1/devices"],
  showDevice: ["GET", "/api/v1/devices/{device_id}"],
  deviceStatistics: ["GET", "/api/v1/telemetry/devices/{device_id}/stats"],
  totalStatistics: ["GET", "/api/v1/telemetry/stats"],
  subscribe: ["POST", "/api/v1/telemetry/subscribe"],
  unsubscribe: ["DELETE", "/api/v1/telemetry/subscribe/{subscription_id}"],
  createTicket: ["POST", "/api/v1/telemetry/subscribe/{subscription_id}/ticket"],
  listDeadLetters: ["GET", "/api/v1/dead-letters"],
  replayDeadLetters: ["POST", "/api/v1/dead-letters/replay"],
  showDeadLetter: ["GET", "/api/v1/dead-letters/{dead_letter_id}"],
  discardDeadLetter: ["DELETE", "/api/v1/dead-letters/{dead_letter_id}"],
  listAudit: ["GET", "/api/v1/audit"],
  listAuditHeads: ["GET", "/api/v1/audit/heads"],
  listChannels: ["GET", "/api/v1/channels"],
  createChannel: ["POST", "/api/v1/channels"],
  replaceChannel: ["PUT", "/api/v1/channels/{name}"],
  removeChannel: ["DELETE", "/api/v1/channels/{name}"],
  testChannel: ["POST", "/api/v1/channels/{name}/test"],
  listDeliveries: ["GET", "/api/v1/channels/{name}/deliveries"],
} as const satisfies Record<keyof Operations, readonly [method: string, path: string]>;
