/** What the tests use of ical.js. */
declare module 'ical.js' {
  class Component {
    constructor(parsed: unknown);
    getAllSubcomponents(name: string): Component[];
    getFirstPropertyValue(name: string): unknown;
  }
  interface CalendarEvent {
    readonly uid: string;
    readonly summary: string | null;
    readonly sequence: number;
    readonly startDate: { toString(): string; isDate: boolean };
  }
  const ICAL: { Component: typeof Component; Event: new (component: Component) => CalendarEvent; parse(text: string): unknown };
  export default ICAL;
}
