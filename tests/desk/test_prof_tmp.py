import cProfile, pstats, pytest, collections, time
from django.db import connection
from tests.desk.test_import_size import history
from crm.desk.services import import_history
pytestmark=pytest.mark.django_db
def test_p(tmp_path, administrator, now):
    path=history(tmp_path/"h",250).write()
    spent=collections.Counter(); n=collections.Counter()
    import re
    def w(execute, sql, params, many, context):
        t=time.perf_counter()
        try: return execute(sql, params, many, context)
        finally:
            k=re.sub(r"s\d+_x\d+","",sql)[:1400]
            spent[k]+=time.perf_counter()-t; n[k]+=1
    t=time.perf_counter()
    with connection.execute_wrapper(w):
        import_history(folder=path,by=administrator,at=now)
    print("total",time.perf_counter()-t, sum(n.values()), sum(spent.values()))
    for k,v in spent.most_common(12): print(round(v,2), n[k], k[:60], '...', k[-260:])
