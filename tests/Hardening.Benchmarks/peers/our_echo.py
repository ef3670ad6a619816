"""Our own worker in Python, for the benchmark `pool`: answers with the request."""
from hardening_worker import job


@job(raw=True)
def echo(request):
    return request
