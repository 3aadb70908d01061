import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Empty } from "./states.tsx";

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** Makes the column sortable, among the rows that are there. */
  sortBy?: (row: Row) => string | number;
  /** @default "start" */
  align?: "start" | "end";
  /** Takes what room is left, and breaks its text. */
  wide?: boolean;
  /** Not on a phone. */
  minor?: boolean;
}

export interface TableProps<Row> {
  /** For screen readers: what this is a table of. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Shown instead, if there is no row. */
  empty?: ComponentChildren;
  /** Buttons at the end of each row. */
  actions?: (row: Row) => ComponentChildren;
  isSelected?: (row: Row) => boolean;
}

interface Order {
  key: string;
  descending: boolean;
}

export function Table<Row>({ caption, columns, rows, rowKey, empty, actions, isSelected }: TableProps<Row>) {
  const [order, setOrder] = useState<Order>();
  if (rows.length === 0) return <Empty>{empty ?? "Nothing here."}</Empty>;
  const by = (key: string) =>
    setOrder((before) => ({ key, descending: before?.key === key && !before.descending }));
  return (
    // A region that scrolls has to be reachable by the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1, scrollable region
    <section class="table-scroll" tabIndex={0} aria-label={caption}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.key} column={column} order={order} onOrder={by} />
            ))}
            {actions && (
              <th scope="col" class="end">
                <span class="visually-hidden">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {sorted(rows, columns, order).map((row) => (
            <tr key={rowKey(row)} class={isSelected?.(row) ? "selected" : undefined}>
              {columns.map((column) => (
                <td key={column.key} class={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
              {actions && <td class="end actions">{actions(row)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function HeadCell<Row>({
  column,
  order,
  onOrder,
}: {
  column: Column<Row>;
  order: Order | undefined;
  onOrder: (key: string) => void;
}) {
  const isBy = order?.key === column.key;
  const direction = order?.descending ? "descending" : "ascending";
  return (
    <th scope="col" class={classOf(column)} aria-sort={isBy ? direction : undefined}>
      {column.sortBy ? (
        <button type="button" class="sort" onClick={() => onOrder(column.key)}>
          {column.title}
          <span aria-hidden="true">{isBy ? (order.descending ? " ↓" : " ↑") : ""}</span>
        </button>
      ) : (
        column.title
      )}
    </th>
  );
}

const classOf = <Row,>({ align, wide, minor }: Column<Row>): string | undefined =>
  [align === "end" && "end", wide && "wide", minor && "minor"].filter(Boolean).join(" ") || undefined;

function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: Order | undefined,
): readonly Row[] {
  const sortBy = columns.find(({ key }) => key === order?.key)?.sortBy;
  if (!order || !sortBy) return rows;
  const sign = order.descending ? -1 : 1;
  return rows.toSorted((a, b) => sign * compare(sortBy(a), sortBy(b)));
}

const compare = (a: string | number, b: string | number): number =>
  typeof a === "number" && typeof b === "number"
    ? a - b
    : String(a).localeCompare(String(b), undefined, { numeric: true });
