/** A pause between two looks that can be cut short. Being woken while awake counts for the next pause: nothing said meanwhile is missed. */
export class Nap {
  private woken = false;
  private end: () => void = () => undefined;

  async rest(ms: number): Promise<void> {
    if (!this.woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.woken = false;
  }

  wake(): void {
    this.woken = true;
    this.end();
  }
}
