/** What the stores hold: views, pairs of token and pane (cells) and, where they are known, the visitors of all cells. */
final class Tally {
  private long views;
  private long cells;
  private long exactVisitors;
  private long sketchedCells;
  private double sketchedVisitors;

  /** The value of one cell: a count or what is known of it. */
  void add(Object value) {
    cells++;
    if (!(value instanceof Cell cell)) {
      views += (Long) value;
      return;
    }
    views += cell.views();
    if (cell.isExact()) {
      exactVisitors += (long) cell.visitors();
    } else {
      sketchedCells++;
      sketchedVisitors += cell.visitors();
    }
  }

  long views() {
    return views;
  }

  /** COUNTED views, CELLS, EXACT visitors of cells that have few, the number of the others (SKETCHED) and their visitors (ESTIMATED). */
  void print() {
    System.out.printf("COUNTED %d%nCELLS %d%n", views, cells);
    System.out.printf("EXACT %d%nSKETCHED %d%nESTIMATED %.0f%n", exactVisitors, sketchedCells, sketchedVisitors);
  }
}
