/** Once what is rendered now is on screen: in the task after the next animation frame. A page that is not drawn waits. */
export function afterPaint(then: () => void): void {
  requestAnimationFrame(() => setTimeout(then));
}
