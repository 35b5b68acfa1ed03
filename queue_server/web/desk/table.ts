// How a column of a DataTable reads a row. Knows no row.

export interface Column<Row> {
  key: string;
  title: string;
  /** What stands in the cell, in the filter and in the CSV file. */
  text: (row: Row) => string | number | null;
  /** What orders the rows, where it is not the text. */
  sort?: (row: Row) => string | number | null;
  /** Numbers stand at the right. */
  number?: boolean;
  /** Only in the file and for the filter; a cell beside it shows it as well. */
  hidden?: boolean;
}
