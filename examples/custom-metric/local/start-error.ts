/** An error that the reader can mend and that says how; everything else is a defect and keeps its stack. */
export class StartError extends Error {}
