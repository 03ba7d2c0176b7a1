"""Addresses of the catalogue, the map and the editor. The reader's page of a process lives in `processportal`."""

from django.urls import path

from processes.views import (
    api,
    bringing_in,
    catalogue,
    downloads,
    editor,
    interfaces,
    matrices,
    metadata,
    review,
    step_blocks,
    templates,
    versions,
)

app_name = "processes"

urlpatterns = [
    path("processes/", catalogue.processes, name="list"),
    path("processes/new/", metadata.new, name="new"),
    path("processes/import/", bringing_in.upload, name="import"),
    path("processes/import/<int:pending>/", bringing_in.preview, name="import_preview"),
    path("processes/templates/", templates.listing, name="templates"),
    path("processes/templates/<int:template>/remove/", templates.remove, name="remove_template"),
    path("processes/blocks/", step_blocks.listing, name="step_blocks"),
    path("processes/blocks/<int:block>/", step_blocks.change, name="change_block"),
    path("processes/blocks/<int:block>/retire/", step_blocks.retire, name="retire_block"),
    path("map/", catalogue.value_chain, name="map"),
    path("processes/<str:number>/settings/", metadata.settings, name="metadata"),
    path("processes/<str:number>/template/", templates.mark, name="mark_template"),
    path("processes/<str:number>/review/", review.review_verdict, name="review_verdict"),
    path("processes/<str:number>/interfaces/", interfaces.interfaces, name="interfaces"),
    path("processes/<str:number>/interfaces/propose/", interfaces.propose, name="propose_interface"),
    path("processes/<str:number>/interfaces/names/", interfaces.port_names, name="port_names"),
    path("processes/<str:number>/interfaces/<int:interface>/", interfaces.interface, name="interface"),
    path("processes/<str:number>/revisions/<int:ordinal>/roles/", matrices.matrices, name="matrices"),
    path("processes/<str:number>/revisions/<int:ordinal>/download/<slug:what>/", downloads.download, name="download"),
    path("processes/<str:number>/draft/", editor.draft, name="draft"),
    path("processes/<str:number>/draft/start/", editor.start, name="start_draft"),
    path("processes/<str:number>/draft/discard/", editor.discard, name="discard"),
    path("processes/<str:number>/draft/chart/", editor.chart, name="chart"),
    path("processes/<str:number>/draft/original/", bringing_in.original, name="original"),
    path("processes/<str:number>/draft/original/file/", bringing_in.original_file, name="original_file"),
    path("processes/<str:number>/draft/versions/", versions.draft_versions, name="draft_versions"),
    path("processes/<str:number>/draft/versions/keep/", versions.keep_version, name="keep_version"),
    path("processes/<str:number>/draft/versions/<int:version>/back/", versions.go_back, name="go_back"),
    path("processes/<str:number>/draft/versions/<int:version>/forget/", versions.forget_version, name="forget_version"),
    path("processes/<str:number>/draft/operations/", api.operations, name="operations"),
    path("processes/<str:number>/draft/presence/", api.presence, name="presence"),
    path("processes/<str:number>/draft/blocks/", step_blocks.offered, name="offered_blocks"),
    path("processes/<str:number>/draft/blocks/save/", step_blocks.save, name="save_block"),
    path("processes/<str:number>/draft/divide/", api.divide, name="divide"),
    path("processes/<str:number>/draft/fix/", api.fix, name="fix"),
    path("processes/<str:number>/draft/preview/", api.preview, name="preview"),
]
