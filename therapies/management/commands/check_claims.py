from django.core.management.base import BaseCommand, CommandError

from therapies import claim_scan, gates


class Command(BaseCommand):
    help = (
        "Looks for promotional claims on the live site, by the claim rules as they are now, and lists them page by "
        "page. Fails when one of them would stop a page from being published."
    )

    def add_arguments(self, parser):
        parser.add_argument("pages", nargs="*", help="pages to look at, such as: condition/knee-pain")
        parser.add_argument("--all", action="store_true", help="every live page, the glossary and the other live facts")

    def handle(self, *args, pages, verbosity, **options):
        if bool(pages) == options["all"]:
            raise CommandError("Name the pages to look at, or say --all.")
        found = claim_scan.scan()
        if pages:
            wanted = {page.replace("/", " ", 1) for page in pages}
            if unknown := wanted - claim_scan.live_names():
                raise CommandError(f"Not on the site: {', '.join(sorted(unknown))}. Write kind/slug.")
            found = [hits for hits in found if hits.name in wanted]
        for hits in found:
            self.stdout.write(hits.name)
            for gate in hits.gates:
                self.stdout.write(f"  {gate.severity}: {gate}")
        stopping = [hits for hits in found if gates.blocking(hits.gates)]
        if stopping:
            names = ", ".join(hits.name for hits in stopping)
            raise CommandError(f"Claims that may not stand: {names}.", returncode=1)
        self.stdout.write("No claim stops a page." if found else "No claims found.")
