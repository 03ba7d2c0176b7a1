"""The words that the editor's script shows, in the reader's language; `{name}` is filled in by the script."""

from django.utils.translation import gettext as _

MATCHES = {"input": "input", "output": "output"}
"""Columns in which what other processes name is offered, and the side on which it stands."""


def columns() -> dict[str, list[dict[str, object]]]:
    """The columns of the tables that are typed in, by the list's name."""
    table: dict[str, list[tuple[str, str]]] = {
        "sipoc": [
            ("supplier", _("Supplier")),
            ("input", _("Input")),
            ("process", _("Process")),
            ("output", _("Output")),
            ("customer", _("Customer")),
        ],
        "roles": [("title", _("Role")), ("external", _("Outside the company"))],
        "records": [("name", _("Record")), ("kept_by", _("Kept by")), ("retention", _("Kept for"))],
        "references": [("label", _("Document")), ("target", _("Process number or address"))],
    }
    return {
        name: [{"field": field, "label": label, "check": field == "external", "matches": MATCHES.get(field, "")} for field, label in fields]
        for name, fields in table.items()
    }


def texts() -> dict[str, str]:
    """Everything else."""
    return _of_lines() | _of_blocks() | _of_details() | _of_boundary() | _of_saving() | _of_conflicts()


def _of_lines() -> dict[str, str]:
    return {
        "role": _("Role"),
        "role of step": _("Role of step {number}"),
        "role of the next step": _("Role of the next step"),
        "step number": _("Step {number}"),
        "next step": _("Next step"),
        "type the next step": _("Next step"),
        "type the first step": _("such as Buyer: check offer"),
        "details of step": _("Details of step {number}"),
        "details": _("Details"),
        "details by key": _("Details (Alt-Enter)"),
        "kind of step": _("Kind of step {number}"),
        "out": _("{count} outputs"),
        "rec": _("{count} records"),
        "choose step": _("Choose step {number}"),
        "chosen steps": _("Chosen steps"),
        "chosen": _("{count} chosen"),
        "block up": _("Move up"),
        "block down": _("Move down"),
        "copy": _("Copy"),
        "cut": _("Cut"),
        "double": _("Double"),
        "make sub-process": _("Make a sub-process…"),
        "sub-process title": _("Title of the sub-process"),
        "make it": _("Make it"),
        "divided": _("{number} was made of {count} steps. One step stands for it here."),
        "open it": _("Open {number}"),
        "divide later": _("This cannot be done before everything is saved. Try again in a moment."),
        "remove chosen": _("Remove"),
        "choose none": _("Choose none"),
        "copied": _("{count} steps copied"),
        "cut away": _("{count} steps cut"),
        "chosen removed": _("{count} steps removed. Ctrl-Z brings them back."),
        "take back": _("Take “{what}” back"),
        "taken back": _("Taken back"),
        "add after": _("Add after"),
        "branch here": _("Branch"),
        "connect": _("Connect…"),
        "in the text": _("In the text"),
        "connect to what": _("To which step does step {number} go on? Click it or press Enter on it; Esc ends this."),
        "connected": _("Step {source} goes on with step {target}"),
        "ends lead nowhere": _("Nothing follows an end. Connect another step."),
        "text of arrow": _("Text at the arrow"),
        "arrow from to": _("Arrow from step {source} to step {target}"),
        "remove arrow": _("Remove the arrow"),
        "arrow removed": _("Arrow removed. Ctrl-Z brings it back."),
        "add a branch": _("Add a branch"),
        "label of branch": _("Case of branch {branch} of step {number}"),
        "target of branch": _("Where branch {branch} of step {number} leads"),
        "remove branch": _("Remove branch {branch} of step {number}"),
        "condition": _("in this case"),
        "next": _("next"),
        "aim next": _("the step below"),
        "aim future": _("not written yet"),
        "aim unsaid": _("where to? Type a number or “end”"),
        "aim gone": _("that step was removed"),
        "aim unknown": _("no such step; type a number, “end” or “next”"),
        "moved to": _("Now step {number}"),
        "step removed": _("Step removed. Ctrl-Z brings it back."),
        "cell": _("{column}, row {number}"),
        "remove row": _("Remove this row"),
        "undone": _("Undone"),
        "redone": _("Done again"),
        "nothing to undo": _("Nothing more to undo"),
        "mended": _("Mended. Ctrl-Z takes it back."),
        "fix later": _("This cannot be mended before everything is saved. Try again in a moment."),
        "error first": _("One error keeps this draft from being submitted."),
        "errors first": _("{count} errors keep this draft from being submitted."),
    }


def _of_blocks() -> dict[str, str]:
    return {
        "save block": _("Save as step block…"),
        "block name": _("Name of the step block"),
        "block reach": _("For whom"),
        "block new": _("A new block for"),
        "block again": _("A new version of"),
        "block save": _("Save"),
        "block later": _("This cannot be saved as a block before everything is saved. Try again in a moment."),
        "block saved": _("“{name}” is saved as a step block (version {version})."),
        "insert block": _("Insert step block"),
        "find block": _("Find a step block"),
        "block place top": _("It comes at the top."),
        "block place": _("It comes below step {number}."),
        "block list": _("Step blocks"),
        "block preview": _("What it says"),
        "block steps": _("{count} steps"),
        "block none": _("No step block says this."),
        "block none yet": _("There are no step blocks yet. Choose some steps and save them as one."),
        "block unreachable": _("The step blocks cannot be shown now. Try again in a moment."),
        "block insert": _("Insert"),
        "block inserted": _("“{name}” inserted: {count} steps. Ctrl-Z takes it back."),
        "block link": _("Keep the steps linked"),
        "block link help": _("When the block changes, the owner of this process is asked whether to take it over."),
        "shared title": _("Copy of a shared step: when that changes, the owner of this process is asked. A click unlinks this step."),
        "unlink": _("Unlink step {number} from the shared step"),
        "unlinked": _("Unlinked. Ctrl-Z links it again."),
        "close": _("Close"),
    }


def _of_details() -> dict[str, str]:
    return {
        "name": _("Name"),
        "description": _("Description"),
        "writing": _("Writing"),
        "write bold": _("Bold (Ctrl-B)"),
        "write italic": _("Italic (Ctrl-I)"),
        "write list": _("List"),
        "write numbered": _("Numbered list"),
        "write table": _("Table"),
        "column": _("Column"),
        "write warning": _("Warning"),
        "write link": _("Link"),
        "write picture": _("Picture"),
        "sending picture": _("Sending picture {number} of {count} …"),
        "picture later": _("The picture was not sent. Try again when the portal can be reached."),
        "pictures here": _("Pictures in this text"),
        "preview": _("Preview"),
        "no preview": _("The preview is not available now."),
        "inputs": _("Inputs"),
        "outputs": _("Outputs"),
        "records": _("Records"),
        "one per line": _("one per line"),
        "duration": _("Duration"),
        "system": _("System"),
        "form": _("Form"),
        "form_address": _("Address of the form"),
        "instruction": _("Work instruction"),
        "work_time": _("Work time"),
        "waiting_time": _("Waiting time"),
        "accountable": _("Accountable"),
        "consulted": _("Consulted"),
        "informed": _("Informed"),
        "risks": _("Risks and controls"),
        "risk": _("What can go wrong"),
        "control": _("What is done against it"),
        "add risk": _("Add a risk"),
        "remove risk": _("Remove this risk"),
        "more details": _("Time, system, responsibilities, risks"),
        "time example": _("such as 2 h or 3 days"),
        "time not understood": _("Not understood, so not saved. Write it like “2 h”, “30 min” or “3 days”."),
        "days": _("{count} d"),
        "hours": _("{count} h"),
        "minutes": _("{count} min"),
        "link": _("Process behind it"),
        "kind": _("Kind"),
        "trigger": _("Set off by"),
        "flows": _("Branches"),
        "purpose": _("Purpose"),
        "scope": _("Scope"),
        "notes": _("Notes"),
        "first_step": _("First step"),
        "last_step": _("Last step"),
        "result": _("End result"),
        "title": _("Title"),
        "move up": _("Move up (Alt-↑)"),
        "move down": _("Move down (Alt-↓)"),
        "remove step": _("Remove step"),
        "close details": _("Close"),
    }


def _of_boundary() -> dict[str, str]:
    return {
        "boundary close": _("Close"),
        "boundary page": _("{number} of {count}"),
        "boundary begins": _("Where does it begin?"),
        "boundary begins help": _("What happens that sets the process off, and what is done first then?"),
        "boundary ends": _("Where does it end?"),
        "boundary ends help": _("What is there when it is over, and what is done last?"),
        "boundary in": _("What comes in, and from whom?"),
        "boundary in help": _("One line each. What other processes hand over is offered while you type."),
        "boundary out": _("What goes out, and to whom?"),
        "boundary out help": _("One line each. What other processes need is offered while you type."),
        "boundary all": _("This is the process"),
        "boundary all help": _("Ask the other side for an interface: what is handed over, how good it must be, and by when."),
        "boundary trigger": _("What sets it off"),
        "boundary first_step": _("What is done first"),
        "boundary result": _("What is there at the end"),
        "boundary last_step": _("What is done last"),
        "boundary from to": _("From “{trigger}” to “{result}”"),
        "boundary not said": _("not said yet"),
        "boundary propose": _("Propose an interface"),
        "boundary alone in": _("no process hands this over yet"),
        "boundary alone out": _("no process takes this yet"),
        "boundary nothing": _("Neither inputs nor outputs are named yet."),
        "boundary back": _("Back"),
        "boundary next": _("Next"),
        "boundary done": _("Finish"),
    }


def _of_saving() -> dict[str, str]:
    return {
        "state saved": _("Saved"),
        "state saving": _("Saving…"),
        "state kept": _("Not saved – kept on this device"),
        "state signed-out": _("Not saved – kept on this device"),
        "state refused": _("Not saved – kept on this device"),
        "state closed": _("Not saved – kept on this device"),
        "state full": _("Not saved"),
        "banner signed-out": _("You were signed out; your text is kept on this device."),
        "banner refused": _("You may not write in this draft any more. Your text is kept on this device."),
        "banner closed": _("This draft cannot be edited any more. Your text is kept on this device."),
        "banner full": _("This device has no room left to keep your text. Leave the page open until it says “Saved”."),
        "sign in again": _("Sign in again"),
        "understood": _("Understood"),
        "pasted too much": _("This is too much text at once: {count} characters, at most {limit}. Nothing was pasted; paste it in parts."),
        "pasted too many lines": _(
            "These are {count} lines; at most {limit} become steps at once. Nothing was pasted; paste them in parts."
        ),
        "here": _("{name} is here"),
        "here at step": _("{name} is at step {number}"),
    }


def _of_conflicts() -> dict[str, str]:
    return {
        "conflict title": _("Two people changed this: {what}"),
        "conflict both": _("While you were typing, {name} changed the same text. Nothing is lost: choose what stays."),
        "conflict gone": _("While you were typing, {name} removed this. Your text is here."),
        "conflict remove": _("You removed a row that {name} has changed meanwhile."),
        "your text": _("Your text"),
        "text of": _("Text of {name}"),
        "keep mine": _("Keep mine"),
        "keep theirs": _("Keep theirs"),
        "keep both": _("Keep both"),
        "keep it": _("Keep it"),
        "remove anyway": _("Remove it anyway"),
        "as a new step": _("Add it as a new step"),
        "let it go": _("Let it go"),
        "place step": _("step {number} {field}"),
        "empty": _("(empty)"),
    }
