"""Give figures to a Prometheus: processes, cameras, senses, stages, incidents and queues, without any name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from ipaddress import ip_address

from django.conf import settings
from django.db.models import Avg, Count, FloatField, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.tenancy import installation
from cameras.models import CameraState
from incidents.models import Category
from workers.system import STAGES, jobs_waiting, node_lines, room
from workers.totals import DISPOSITIONS, SEVERITIES, STATES, model_states, totals

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")

Sample = tuple[dict[str, str], float]


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus' text format: to this machine itself, to who has the token, and to administrators."""
    if not (_from_here(request) or _has_token(request) or getattr(request.user, "is_superuser", False)):
        return HttpResponseForbidden(
            "Metrics are given to this machine itself, without a proxy, to administrators of the installation, and to "
            "who sends the token that is set as VEDETTE_METRICS_TOKEN (Authorization: Bearer …).\n",
            content_type="text/plain; charset=utf-8",
        )
    return HttpResponse("".join(_written()), content_type=CONTENT_TYPE)


def _from_here(request: HttpRequest) -> bool:
    """Tell whether the request comes from loopback itself; one that a proxy passed on comes from anywhere."""
    if any(header in request.META for header in FORWARDED):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    """Tell whether the request carries the installation's token; none is right where none is set."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and scheme.lower() == "bearer" and constant_time_compare(given.strip(), wanted)


def _written() -> Iterable[str]:
    nodes = node_lines()
    by_node = [({"node": line.name}, line) for line in nodes]
    measured = [(labels, line.load) for labels, line in by_node if line.load is not None]
    yield _metric("vedette_node_up", "gauge", "Whether a process was heard of within its lease.",
                  [(labels, float(line.alive)) for labels, line in by_node])  # fmt: skip
    yield _metric("vedette_node_cameras", "gauge", "Cameras that a process watches.",
                  [(labels, float(line.cameras)) for labels, line in by_node])  # fmt: skip
    yield _metric("vedette_node_cores_busy", "gauge", "Cores that a process keeps busy.",
                  [(labels, load.own) for labels, load in measured])  # fmt: skip
    yield _metric("vedette_node_memory_bytes", "gauge", "Memory that a process holds.",
                  [(labels, load.rss_mb * 2**20) for labels, load in measured])  # fmt: skip
    left = room(nodes)
    yield _metric("vedette_cameras_left", "gauge", "Cameras that still fit.",
                  [] if left is None else [({}, float(left))])  # fmt: skip
    with installation():
        states = CameraState.objects
        status = states.values_list("status").annotate(Count("camera_id")).order_by("status")
        yield _metric("vedette_cameras", "gauge", "Cameras by state.",
                      [({"state": name}, float(count)) for name, count in status])  # fmt: skip
        sums = states.aggregate(frames=Sum("frames"), dropped=Sum("dropped"), fps=Sum("analysed_fps"))
        yield _metric("vedette_frames_total", "counter", "Pictures handed out since each watch began.",
                      [({}, float(sums["frames"] or 0))])  # fmt: skip
        yield _metric("vedette_frames_dropped_total", "counter", "Of them, replaced by a newer one.",
                      [({}, float(sums["dropped"] or 0))])  # fmt: skip
        yield _metric("vedette_analysed_frames_per_second", "gauge", "Frames analysed a second, of all cameras.",
                      [({}, round(float(sums["fps"] or 0.0), 2))])  # fmt: skip
        means = states.aggregate(**{stage: Avg(Cast(KT(f"stage_ms__{stage}"), FloatField())) for stage in STAGES})
        yield _metric("vedette_stage_milliseconds", "gauge", "Time of a stage for one frame, mean over the cameras.",
                      [({"stage": name}, round(ms, 3)) for name, ms in means.items() if ms is not None])  # fmt: skip
        senses = Counter(
            (sense, told["state"])
            for states_of_one in states.filter(status="online").values_list("senses", flat=True)
            for sense, told in states_of_one.items()
        )
        yield _metric("vedette_senses", "gauge", "Senses of online cameras by their state.",
                      [({"sense": sense, "state": state}, float(count))
                       for (sense, state), count in sorted(senses.items())])  # fmt: skip
    found = totals()
    yield _metric("vedette_events_total", "counter", "Events by severity and category.",
                  [({"severity": word, "category": category}, float(found.events[word, category]))
                   for word in SEVERITIES for category in Category.values])  # fmt: skip
    yield _metric("vedette_incidents", "gauge", "Incidents by state and severity.",
                  [({"state": state, "severity": word}, float(found.incidents[state, word]))
                   for state in STATES for word in SEVERITIES])  # fmt: skip
    yield _metric("vedette_incidents_resolved", "gauge", "Resolved incidents by what they were.",
                  [({"disposition": name}, float(found.resolved[name])) for name in DISPOSITIONS])  # fmt: skip
    yield _metric("vedette_unacknowledged_oldest_seconds", "gauge", "Age of the oldest open incident, else 0.",
                  [({"severity": word}, round(found.unacknowledged_s.get(word, 0.0)))
                   for word in SEVERITIES])  # fmt: skip
    yield _metric("vedette_models", "gauge", "Known models by state.",
                  [({"state": name}, float(count)) for name, count in sorted(model_states().items())])  # fmt: skip
    waiting = [({"queue": "jobs"}, jobs_waiting()), ({"queue": "outbox"}, found.unsent)]
    waiting += [({"queue": f"watch.{line.name}"}, line.waiting) for line in nodes]
    yield _metric("vedette_queue_length", "gauge", "Messages that wait in a queue.",
                  [(labels, float(count)) for labels, count in waiting if count is not None])  # fmt: skip


def _metric(name: str, kind: str, text: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(label)}"' for key, label in labels.items())
        lines.append(f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:g}")
    return "\n".join(lines) + "\n"


def _escaped(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
