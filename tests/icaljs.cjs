// Reads calendar files with ical.js, which is what Thunderbird reads them with, and says what it understood as JSON.
// node icaljs.cjs <path of ical.js> < file.ics
const ICAL = require(process.argv[2]);
const text = require("fs").readFileSync(0, "utf8");
const calendar = new ICAL.Component(ICAL.parse(text));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(zone.getFirstPropertyValue("tzid"), new ICAL.Timezone(zone));
}
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    sequence: event.sequence,
    title: event.summary,
    text: event.description,
    start: event.startDate.toUnixTime(),
    end: event.endDate.toUnixTime(),
    zone: event.startDate.zone.tzid,
    status: component.getFirstPropertyValue("status"),
    attendees: event.attendees.map((one) => [one.getFirstValue(), one.getParameter("cn") || ""]),
    alarms: component.getAllSubcomponents("valarm").map((one) => one.getFirstPropertyValue("trigger").toSeconds()),
  };
});
console.log(JSON.stringify({ method: calendar.getFirstPropertyValue("method"), events }));
