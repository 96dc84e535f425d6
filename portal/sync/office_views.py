from flask import Blueprint

bp = Blueprint("sync_office", __name__, url_prefix="/desk")
